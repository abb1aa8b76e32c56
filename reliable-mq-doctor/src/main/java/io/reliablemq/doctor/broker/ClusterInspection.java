package io.reliablemq.doctor.broker;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.GroupFacts;
import io.reliablemq.doctor.facts.ListenerFacts;
import io.reliablemq.doctor.facts.TopicFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks a cluster what it is like, beginning at its name server. Opens a connection to each broker, to eight at a time, changes nothing
 * and closes them.
 *
 * <p><b>Thread</b>: any. <b>Errors</b>: none; who does not answer is unknown.
 */
public final class ClusterInspection {

    private static final int AT_A_TIME = 8;

    private final ClusterAddress address;
    private final Duration timeout;
    private final boolean namespaced;

    /**
     * Connects to nobody yet.
     *
     * @param timeout for each connection and each answer
     * @param namespaced whether topics and groups have other names at the broker, which are not known here
     */
    public ClusterInspection(ClusterAddress address, Duration timeout, boolean namespaced) {
        this.address = address;
        this.timeout = timeout;
        this.namespaced = namespaced;
    }

    /** What the brokers say about themselves, and about the application's topics and groups. */
    public Answer<ClusterFacts> inspect(ApplicationFacts application) {
        try {
            List<BrokerAddress> brokers = new NameServer(address, timeout).brokers();
            ClusterFacts facts = empty();
            for (ClusterFacts one : inspect(brokers, application)) {
                facts.brokers().addAll(one.brokers());
                facts.topics().addAll(one.topics());
                facts.groups().addAll(one.groups());
            }
            withoutMaster(brokers, application, facts);
            return new Known<>(facts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unknown<>("the examination was interrupted", "Examine again");
        } catch (IOException e) {
            return new Unknown<>(
                    "the name server at " + address.nameServers() + " does not say which brokers there are: "
                            + e.getMessage(),
                    "Start it, let the application reach it, or correct reliable-mq.rocketmq.name-server"
                            + (address.cluster().isEmpty() ? "" : " or reliable-mq.doctor.cluster"));
        }
    }

    private static ClusterFacts empty() {
        return new ClusterFacts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** In the order of the brokers. Each of them has its own time-outs, so that all of them end. */
    private List<ClusterFacts> inspect(List<BrokerAddress> brokers, ApplicationFacts application)
            throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_A_TIME, brokers.size()), task -> {
            Thread thread = new Thread(task, "reliable-mq-doctor-broker");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<ClusterFacts>> questions = brokers.stream()
                    .<Callable<ClusterFacts>>map(broker -> () -> {
                        ClusterFacts facts = empty();
                        inspect(broker, application, facts);
                        return facts;
                    })
                    .toList();
            List<ClusterFacts> answers = new ArrayList<>();
            for (Future<ClusterFacts> answer : threads.invokeAll(questions)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new IllegalStateException("A broker's answer could not be understood", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void inspect(BrokerAddress broker, ApplicationFacts application, ClusterFacts facts) {
        try (RemotingConnection connection = new RemotingConnection(broker.address(), timeout)) {
            BrokerInspection inspection = new BrokerInspection(connection);
            BrokerFacts.State state = inspection.state();
            facts.brokers().add(facts(broker, new Known<>(state)));
            if (broker.isMaster() && namespaced) {
                namesUnknown(
                        broker,
                        "what it is called at the broker is not known here, because a namespace is configured",
                        "Look with mqadmin",
                        application,
                        facts);
            } else if (broker.isMaster()) {
                names(broker, inspection, state, application, facts);
            }
        } catch (IOException e) {
            silent(broker, "it does not answer: " + e.getMessage(), application, facts);
        }
    }

    /** What is known of the broker stays known when it does not answer to the end. */
    private static void names(
            BrokerAddress broker,
            BrokerInspection inspection,
            BrokerFacts.State state,
            ApplicationFacts application,
            ClusterFacts facts) {
        List<TopicFacts> topics = new ArrayList<>();
        List<GroupFacts> groups = new ArrayList<>();
        try {
            Set<String> absent = new TreeSet<>();
            for (String topic : topicsOf(application)) {
                Answer<Optional<String>> type = inspection.typeOf(topic);
                topics.add(new TopicFacts(topic, broker.name(), type));
                if (type instanceof Known<Optional<String>> known
                        && known.value().isEmpty()) {
                    absent.add(topic);
                }
            }
            for (ListenerFacts listener : application.listeners()) {
                if (!absent.contains(listener.topic())) {
                    groups.add(
                            new GroupFacts(listener, broker.name(), group(inspection, state, application, listener)));
                }
            }
            facts.topics().addAll(topics);
            facts.groups().addAll(groups);
        } catch (IOException e) {
            namesUnknown(
                    broker, "the broker does not say: " + e.getMessage(), BrokerInspection.LOOK, application, facts);
        }
    }

    private static Set<String> topicsOf(ApplicationFacts application) {
        Set<String> topics = new TreeSet<>(application.topics());
        application.listeners().forEach(listener -> topics.add(listener.topic()));
        return topics;
    }

    /** A group that is created later is not asked for: brokers log each question that they cannot answer as an error. */
    private static Answer<Optional<GroupFacts.State>> group(
            BrokerInspection inspection, BrokerFacts.State state, ApplicationFacts application, ListenerFacts listener)
            throws IOException {
        return application.groupsPrepared() ? new Known<>(Optional.empty()) : inspection.groupOf(listener, state);
    }

    private static void namesUnknown(
            BrokerAddress broker, String why, String remedy, ApplicationFacts application, ClusterFacts facts) {
        topicsOf(application)
                .forEach(topic -> facts.topics().add(new TopicFacts(topic, broker.name(), new Unknown<>(why, remedy))));
        application.listeners().forEach(listener -> facts.groups()
                .add(new GroupFacts(listener, broker.name(), new Unknown<>(why, remedy))));
    }

    private static void silent(BrokerAddress broker, String why, ApplicationFacts application, ClusterFacts facts) {
        String remedy = "Start it, or let the application reach the address that it registers";
        facts.brokers().add(facts(broker, new Unknown<>(why, remedy)));
        if (broker.isMaster()) {
            namesUnknown(broker, "a broker that may have it does not answer", "Start the broker", application, facts);
        }
    }

    /** The name server forgets a master that is dead, or not elected yet; its replicas stay, and say nothing about topics. */
    private static void withoutMaster(List<BrokerAddress> brokers, ApplicationFacts application, ClusterFacts facts) {
        Set<String> names = new TreeSet<>();
        brokers.forEach(broker -> names.add(broker.name()));
        brokers.stream().filter(BrokerAddress::isMaster).forEach(master -> names.remove(master.name()));
        names.forEach(name -> silent(
                new BrokerAddress(name, 0, "no address"),
                "the name server knows no master of it: it is dead, or none is elected",
                application,
                facts));
    }

    private static BrokerFacts facts(BrokerAddress broker, Answer<BrokerFacts.State> state) {
        return new BrokerFacts(broker.name(), broker.id(), broker.address(), state);
    }
}
