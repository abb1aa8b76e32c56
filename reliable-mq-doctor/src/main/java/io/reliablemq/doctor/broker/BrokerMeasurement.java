package io.reliablemq.doctor.broker;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.BrokerFacts.Replica;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the figures of one broker. */
final class BrokerMeasurement {

    private static final Pattern SIZE = Pattern.compile("([0-9.]+) ?([KMGTPE]?)(i?)B?");

    private final RemotingConnection connection;
    private final BrokerInspection inspection;

    BrokerMeasurement(RemotingConnection connection) {
        this.connection = connection;
        this.inspection = new BrokerInspection(connection);
    }

    BrokerFigures figures(BrokerAddress broker) throws IOException {
        Map<String, @Nullable Object> runtime = inspection.runtime();
        return new BrokerFigures(
                broker.name(),
                broker.id(),
                BrokerInspection.diskUsed(runtime),
                bytes(Json.asText(runtime.get("remainHowManyDataToFlush"))),
                bytes(Json.asText(runtime.get("sendThreadPoolQueueHeadWaitTimeMills"))),
                behind(inspection.replicas()));
    }

    private static long behind(Answer<List<Replica>> replicas) {
        return replicas instanceof Known<List<Replica>> known
                ? known.value().stream().mapToLong(Replica::behind).max().orElse(-1)
                : -1;
    }

    /** Brokers write sizes for people: 12 B, 1.5 KiB. */
    static long bytes(String text) {
        Matcher size = SIZE.matcher(text.replace(',', '.'));
        if (!size.matches()) {
            return -1;
        }
        int power = size.group(2).isEmpty() ? 0 : "KMGTPE".indexOf(size.group(2)) + 1;
        try {
            return (long)
                    (Double.parseDouble(size.group(1)) * Math.pow(size.group(3).isEmpty() ? 1000 : 1024, power));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A queue in which the group has not begun counts as a whole. */
    long behind(Reader reader, int queues) throws IOException {
        long behind = 0;
        for (int queue = 0; queue < queues; queue++) {
            Map<String, String> place = Map.of("topic", reader.topic(), "queueId", String.valueOf(queue));
            long end = offset(Question.MAX_OFFSET, place);
            Reply position = connection.call(
                    Question.CONSUMER_OFFSET,
                    Map.of(
                            "consumerGroup", reader.group(),
                            "topic", reader.topic(),
                            "queueId", String.valueOf(queue),
                            "setZeroIfNotFound", "false"));
            long begin =
                    position.code() == Reply.QUERY_NOT_FOUND ? offset(Question.MIN_OFFSET, place) : offset(position);
            behind += Math.max(0, end - begin);
        }
        return behind;
    }

    private long offset(int question, Map<String, String> place) throws IOException {
        return offset(connection.call(question, place));
    }

    private static long offset(Reply reply) throws IOException {
        return BrokerInspection.number(
                reply.orFail("the question for a position").fields().get("offset"));
    }
}
