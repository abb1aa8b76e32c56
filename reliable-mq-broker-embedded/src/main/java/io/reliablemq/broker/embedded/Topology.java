package io.reliablemq.broker.embedded;

import static io.reliablemq.broker.embedded.BrokerGroup.tried;

import io.reliablemq.broker.embedded.wire.Seats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which members there are, and what each has to be told, and when. Used by one thread at a time. */
final class Topology {

    /** Name server and proxy, with three replicas also the controller. */
    static final String FRONT = "front";

    static final Duration STEP_WITHIN = Duration.ofMinutes(2);

    private final MemberProcess front = new MemberProcess(FRONT);
    private final List<BrokerGroup> brokers;
    private final Map<String, String> settings = new HashMap<>();
    private final List<Runnable> missed = new ArrayList<>();

    Topology(Seats seats) {
        this.brokers = IntStream.range(0, seats.brokers())
                .mapToObj(broker -> new BrokerGroup(seats, broker))
                .toList();
    }

    Stream<MemberProcess> members() {
        return Stream.concat(Stream.of(front), brokers.stream().flatMap(BrokerGroup::members));
    }

    MemberProcess front() {
        return front;
    }

    BrokerGroup broker(int number) {
        return brokers.get(number);
    }

    /** Has new processes become one cluster; returns when every broker takes messages. */
    Map<String, String> start(Map<String, String> arguments) {
        settings.putAll(arguments);
        settings.putAll(front.ask("choosePorts", settings, STEP_WITHIN));
        front.ask("start", settings, STEP_WITHIN);
        Together.run(brokers.stream()
                .<Runnable>map(broker -> () -> startBroker(broker))
                .toList());
        front.ask("startProxy", settings, STEP_WITHIN);
        return Map.of("endpoints", address("proxyPort"), "nameServer", address("nameServerPort"));
    }

    private void startBroker(BrokerGroup broker) {
        broker.start(settings);
        broker.awaitWrite();
        broker.declare("prepareForProxy", Map.of(), STEP_WITHIN);
    }

    /** Has a new process do what the one before it did. */
    void bringUp(MemberProcess member) {
        if (member == front) {
            bringUpFront();
            return;
        }
        groupOf(member).bringUp(member, settings);
        List<Runnable> late = List.copyOf(missed);
        missed.clear();
        late.forEach(Runnable::run);
    }

    private void bringUpFront() {
        front.ask("start", settings, STEP_WITHIN);
        // before the proxy asks: by themselves within 10 s
        register();
        front.ask("startProxy", settings, STEP_WITHIN);
    }

    void stopNameServer() {
        front.ask("stopNameServer", Map.of(), STEP_WITHIN);
    }

    void restartNameServer() {
        front.ask("startNameServer", settings, STEP_WITHIN);
        register();
    }

    private void register() {
        Together.run(available()
                .<Runnable>map(broker -> () -> tried(() -> broker.ask("register", Map.of(), STEP_WITHIN)))
                .toList());
    }

    /** Those that run; one that is started later knows nothing of it. */
    void tellBrokers(String command) {
        available().forEach(broker -> broker.ask(command, Map.of(), STEP_WITHIN));
    }

    /** Those that run of one broker. */
    void tellBroker(int number, String command) {
        broker(number).available().forEach(copy -> copy.ask(command, Map.of(), STEP_WITHIN));
    }

    /** On every broker; one of several that is away learns of it when it is back. */
    void declare(String command, Map<String, String> arguments, Duration within) {
        brokers.forEach(broker -> declare(broker, command, arguments, within));
    }

    private void declare(BrokerGroup broker, String command, Map<String, String> arguments, Duration within) {
        if (isToBeServed(broker)) {
            Map<String, String> declared = new HashMap<>(arguments);
            declared.putAll(broker.declare(command, arguments, within));
            if (command.equals("createTopic")) {
                front.ask(brokers.size() == 1 ? "keepOrder" : "releaseOrder", declared, STEP_WITHIN);
            }
        } else {
            missed.add(() -> declare(broker, command, arguments, within));
        }
    }

    /** Returns when those take messages that this member is for, unless they are away themselves. */
    void awaitWrite(MemberProcess member) {
        brokers.stream()
                .filter(broker -> broker.has(member) || (member == front && isToBeServed(broker)))
                .forEach(BrokerGroup::awaitWrite);
    }

    private boolean isToBeServed(BrokerGroup broker) {
        return brokers.size() == 1 || broker.isServed();
    }

    private BrokerGroup groupOf(MemberProcess member) {
        return brokers.stream().filter(broker -> broker.has(member)).findFirst().orElseThrow();
    }

    private Stream<MemberProcess> available() {
        return brokers.stream().flatMap(BrokerGroup::available);
    }

    /** In order; none is started again. */
    void close() {
        if (front.isRunning()) {
            tried(() -> front.ask("closeProxy", Map.of(), STEP_WITHIN));
        }
        Together.run(brokers.stream()
                .flatMap(BrokerGroup::members)
                .<Runnable>map(broker -> broker::close)
                .toList());
        front.close();
    }

    private String address(String port) {
        return "127.0.0.1:" + settings.get(port);
    }
}
