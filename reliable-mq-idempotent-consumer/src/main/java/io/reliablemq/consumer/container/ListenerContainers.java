package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.context.SmartLifecycle;

/**
 * All listeners of the application, started late and stopped early.
 *
 * <p><b>Guarantee</b>: a stop receives nothing more, lets running handlers finish within the shut-down time-out, and hands the
 * rest back. <b>Transaction</b>: none of its own. <b>Thread</b>: any. <b>Errors</b>: contradicting listeners are refused with a
 * {@link ListenerConfigurationException}; absent brokers and databases are waited for.
 */
public final class ListenerContainers implements ListenerRegistry, ListenerEndpoints, SmartLifecycle {

    /** After everything that handlers use, before the web server takes requests; stopped the other way round. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private final ContainerParts parts;
    private final Map<String, ListenerContainer> containers = new ConcurrentSkipListMap<>();
    private final Housekeeping housekeeping;
    private final Extras extras;
    private volatile boolean running;

    /**
     * What is done besides.
     *
     * @param drain whether each group's dead-letter topic at the broker is received, too
     * @param brokerRetention how long the broker keeps messages, zero when unknown
     * @param adding what it throws keeps a listener from being added
     * @param around what is put around each listener that is added
     */
    public record Extras(
            boolean drain,
            Duration brokerRetention,
            Consumer<ListenerEndpoint> adding,
            UnaryOperator<ListenerEndpoint> around) {

        public static final Extras NONE = new Extras(false, Duration.ZERO, endpoint -> {}, UnaryOperator.identity());
    }

    public ListenerContainers(
            MessageReceiverFactory factory,
            MessageProcessor processor,
            ConsumerSettings settings,
            ListenerObserver observer) {
        this(factory, processor, settings, observer, Extras.NONE);
    }

    public ListenerContainers(
            MessageReceiverFactory factory,
            MessageProcessor processor,
            ConsumerSettings settings,
            ListenerObserver observer,
            Extras extras) {
        this.extras = extras;
        this.parts = new ContainerParts(factory, processor, settings, ListenerObserver.all(List.of(observer)));
        this.housekeeping = new Housekeeping(parts, containers.values());
    }

    @Override
    public void register(ListenerEndpoint endpoint) {
        LeastDedupWindow.of(endpoint.policy(), parts.settings(), extras.brokerRetention())
                .require(endpoint);
        extras.adding().accept(endpoint);
        boolean drained =
                extras.drain() && ofGroup(endpoint.subscription().group()).isEmpty();
        ListenerEndpoint added = extras.around().apply(endpoint);
        add(added);
        if (drained) {
            add(BrokerDrain.of(added, parts.factory()));
        }
    }

    /** How old a message can get while that listener tries it, besides the time for which the broker keeps it. */
    public Duration leastDedupWindow(ListenerEndpoint endpoint) {
        return LeastDedupWindow.of(endpoint.policy(), parts.settings(), Duration.ZERO)
                .sum();
    }

    private void add(ListenerEndpoint endpoint) {
        ListenerContainer container = new ListenerContainer(endpoint, parts);
        synchronized (containers) {
            refuseContradictions(endpoint);
            containers.put(endpoint.id(), container);
        }
        if (running && endpoint.policy().autoStartup()) {
            startOrForget(container);
        }
    }

    private void startOrForget(ListenerContainer container) {
        try {
            container.start();
        } catch (ListenerConfigurationException e) {
            containers.remove(container.endpoint().id());
            throw e;
        }
    }

    @Override
    public void remove(String id) {
        container(id).remove();
        containers.remove(id);
    }

    private void refuseContradictions(ListenerEndpoint added) {
        for (ListenerContainer container : containers.values()) {
            ListenerEndpoint known = container.endpoint();
            if (known.id().equals(added.id())) {
                throw new ListenerConfigurationException("Two listeners have the id '" + added.id() + "': "
                        + known.origin() + " and " + added.origin() + ". Give one of them another id");
            }
            boolean sameGroup =
                    known.subscription().group().equals(added.subscription().group());
            if (sameGroup && !known.subscription().equals(added.subscription())) {
                throw new ListenerConfigurationException("Two listeners share the consumer group "
                        + added.subscription().group() + " but not topic, filter and order: " + known + " wants "
                        + known.subscription() + ", " + added + " wants " + added.subscription()
                        + ". The broker would lose messages: give each its own group");
            }
            if (sameGroup && !known.policy().dedupWindow().equals(added.policy().dedupWindow())) {
                throw new ListenerConfigurationException("Two listeners share the consumer group "
                        + added.subscription().group() + " but not the dedup window: " + known + " wants "
                        + known.policy().dedupWindow() + ", " + added + " wants "
                        + added.policy().dedupWindow()
                        + ". The shorter one would delete what the longer one needs: give both the same");
            }
        }
    }

    @Override
    public Optional<ListenerEndpoint> ofGroup(String group) {
        return containers.values().stream()
                .map(ListenerContainer::endpoint)
                .filter(endpoint -> endpoint.subscription().group().equals(group))
                .findFirst();
    }

    @Override
    public List<ListenerStatus> list() {
        return containers.values().stream().map(ListenerContainer::status).toList();
    }

    @Override
    public ListenerStatus status(String id) {
        return container(id).status();
    }

    @Override
    public void start(String id) {
        housekeeping.start();
        container(id).start();
    }

    @Override
    public void stop(String id) {
        container(id).stop();
    }

    @Override
    public void pause(String id) {
        container(id).pause(true);
    }

    @Override
    public void resume(String id) {
        container(id).pause(false);
    }

    private ListenerContainer container(String id) {
        ListenerContainer container = containers.get(id);
        if (container == null) {
            throw new IllegalArgumentException(
                    "No listener has the id '" + id + "': use one of " + containers.keySet());
        }
        return container;
    }

    @Override
    public void start() {
        running = true;
        housekeeping.start();
        containers.values().stream()
                .filter(container -> container.endpoint().policy().autoStartup())
                .forEach(ListenerContainer::start);
    }

    /** All at once, so that the time-out counts once. */
    @Override
    public void stop() {
        running = false;
        List<Thread> stopping = containers.values().stream()
                .map(container -> new Thread(
                        container::stop,
                        "reliable-mq-stop-" + container.endpoint().id()))
                .toList();
        stopping.forEach(Thread::start);
        try {
            for (Thread thread : stopping) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        housekeeping.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
