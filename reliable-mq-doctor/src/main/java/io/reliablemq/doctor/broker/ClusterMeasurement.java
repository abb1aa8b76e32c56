package io.reliablemq.doctor.broker;

import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Backlog;
import io.reliablemq.doctor.facts.ClusterFigures.BrokerFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the figures of a cluster, beginning at its name server. A few small questions to each broker; changes nothing.
 *
 * <p><b>Thread</b>: any. <b>Errors</b>: none; what cannot be seen is left out, a group's backlog wholly if one of the masters cannot be.
 */
public final class ClusterMeasurement {

    private final ClusterAddress address;
    private final Duration timeout;

    /**
     * Connects to nobody yet.
     *
     * @param timeout for each connection and each answer
     */
    public ClusterMeasurement(ClusterAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /** What the brokers say now. */
    public ClusterFigures measure(Collection<Reader> readers) {
        NameServer nameServer = new NameServer(address, timeout);
        List<BrokerFigures> figures = new ArrayList<>();
        Map<Reader, Long> behind = new HashMap<>();
        try {
            Map<Reader, Map<String, Integer>> queues = new HashMap<>();
            for (Reader reader : readers) {
                queues.put(reader, nameServer.queues(reader.topic()));
                behind.put(reader, 0L);
            }
            for (BrokerAddress broker : nameServer.brokers()) {
                measure(broker, queues, figures, behind);
            }
        } catch (IOException e) {
            behind.clear();
        }
        return new ClusterFigures(
                figures,
                behind.entrySet().stream()
                        .map(entry -> new Backlog(entry.getKey(), entry.getValue()))
                        .toList());
    }

    /** A broker is asked for the queues that it has: it logs each question that it cannot answer as an error. */
    private void measure(
            BrokerAddress broker,
            Map<Reader, Map<String, Integer>> queues,
            List<BrokerFigures> figures,
            Map<Reader, Long> behind) {
        Set<Reader> asked = new HashSet<>();
        if (broker.isMaster()) {
            queues.forEach((reader, byBroker) -> {
                if (byBroker.containsKey(broker.name())) {
                    asked.add(reader);
                }
            });
        }
        try (RemotingConnection connection = new RemotingConnection(broker.address(), timeout)) {
            BrokerMeasurement measurement = new BrokerMeasurement(connection);
            figures.add(measurement.figures(broker));
            for (Reader reader : Set.copyOf(asked)) {
                int its = queues.getOrDefault(reader, Map.of()).getOrDefault(broker.name(), 0);
                long messages = measurement.behind(reader, its);
                behind.computeIfPresent(reader, (same, before) -> before + messages);
                asked.remove(reader);
            }
        } catch (IOException e) {
            behind.keySet().removeAll(asked);
        }
    }
}
