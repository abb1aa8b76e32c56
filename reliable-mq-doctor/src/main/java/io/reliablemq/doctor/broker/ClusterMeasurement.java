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

    private final String nameServer;
    private final Duration timeout;

    /**
     * Connects to nobody yet.
     *
     * @param nameServer addresses of name servers, {@code host:port} separated by semicolons
     * @param timeout for each connection and each answer
     */
    public ClusterMeasurement(String nameServer, Duration timeout) {
        this.nameServer = nameServer;
        this.timeout = timeout;
    }

    /** What the brokers say now. */
    public ClusterFigures measure(Collection<Reader> readers) {
        List<BrokerFigures> figures = new ArrayList<>();
        Map<Reader, Long> behind = new HashMap<>();
        Set<Reader> unseen = new HashSet<>();
        try {
            for (BrokerAddress broker : new NameServer(nameServer, timeout).brokers()) {
                measure(broker, readers, figures, behind, unseen);
            }
        } catch (IOException e) {
            unseen.addAll(readers);
        }
        behind.keySet().removeAll(unseen);
        return new ClusterFigures(
                figures,
                behind.entrySet().stream()
                        .map(entry -> new Backlog(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private void measure(
            BrokerAddress broker,
            Collection<Reader> readers,
            List<BrokerFigures> figures,
            Map<Reader, Long> behind,
            Set<Reader> unseen) {
        Set<Reader> asked = new HashSet<>(broker.isMaster() ? readers : Set.of());
        try (RemotingConnection connection = new RemotingConnection(broker.address(), timeout)) {
            BrokerMeasurement measurement = new BrokerMeasurement(connection);
            figures.add(measurement.figures(broker));
            for (Reader reader : Set.copyOf(asked)) {
                behind.merge(reader, measurement.behind(reader), Long::sum);
                asked.remove(reader);
            }
        } catch (IOException e) {
            unseen.addAll(asked);
        }
    }
}
