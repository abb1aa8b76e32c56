package io.reliablemq.rocketmq;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.NotifyClientTerminationRequest;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.QueryRouteResponse;
import apache.rocketmq.v2.Resource;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.Status;
import apache.rocketmq.v2.TelemetryCommand;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.java.impl.consumer.SimpleSubscriptionSettings;
import org.apache.rocketmq.client.java.misc.ClientId;
import org.apache.rocketmq.client.java.route.Endpoints;
import org.apache.rocketmq.client.java.rpc.RpcClient;
import org.apache.rocketmq.client.java.rpc.RpcClientImpl;
import org.apache.rocketmq.client.java.rpc.Signature;
import org.apache.rocketmq.shaded.io.grpc.stub.StreamObserver;

/**
 * Asks a proxy which messages a topic takes and whether a group is FIFO. A SimpleConsumer is told both, in the route and in
 * its settings, but 5.2.0 keeps them to itself; so this does once what the client does when it starts, with the client's own classes: it
 * queries the route, sends the consumer's settings and reads the answer.
 */
final class FifoQuestion implements AutoCloseable {

    private static final Executor SAME_THREAD = Runnable::run;

    private final ClientConfiguration configuration;
    private final Endpoints endpoints;
    private final ClientId clientId = new ClientId();
    private final RpcClient rpc;

    FifoQuestion(ClientConfiguration configuration) throws Exception {
        this.configuration = configuration;
        this.endpoints = new Endpoints(configuration.getEndpoints());
        this.rpc = new RpcClientImpl(endpoints, configuration.isSslEnabled());
    }

    /**
     * The types of messages that the topic takes.
     *
     * @throws Exception when nobody answers or there is no such topic
     */
    Set<MessageType> typesOf(String topic) throws Exception {
        QueryRouteResponse route = rpc.queryRoute(
                        Signature.sign(configuration, clientId),
                        QueryRouteRequest.newBuilder()
                                .setTopic(resource(topic))
                                .setEndpoints(endpoints.toProtobuf())
                                .build(),
                        SAME_THREAD,
                        timeout())
                .get(timeout().toMillis(), TimeUnit.MILLISECONDS);
        requireOk(route.getStatus());
        Set<MessageType> types = new TreeSet<>();
        for (MessageQueue queue : route.getMessageQueuesList()) {
            types.addAll(queue.getAcceptMessageTypesList());
        }
        return types;
    }

    /**
     * What the proxy says of the group, with the filter of the real consumer: it registers this one like any other.
     *
     * @throws Exception when nobody answers
     */
    Settings settingsOf(String group, String topic, FilterExpression filter) throws Exception {
        CompletableFuture<Settings> answer = new CompletableFuture<>();
        StreamObserver<TelemetryCommand> question =
                rpc.telemetry(Signature.sign(configuration, clientId), SAME_THREAD, timeout(), new Answer(answer));
        try {
            question.onNext(TelemetryCommand.newBuilder()
                    .setSettings(settings(group, topic, filter))
                    .build());
            return answer.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            question.onCompleted();
            deregister(group);
        }
    }

    private Settings settings(String group, String topic, FilterExpression filter) {
        return new SimpleSubscriptionSettings(
                        configuration.getNamespace(),
                        clientId,
                        endpoints,
                        new org.apache.rocketmq.client.java.message.protocol.Resource(
                                configuration.getNamespace(), group),
                        timeout(),
                        timeout(),
                        Map.of(topic, filter))
                .toProtobuf();
    }

    /** Nobody waits for the answer: a proxy forgets silent clients by itself. */
    private void deregister(String group) throws Exception {
        rpc.notifyClientTermination(
                        Signature.sign(configuration, clientId),
                        NotifyClientTerminationRequest.newBuilder()
                                .setGroup(resource(group))
                                .build(),
                        SAME_THREAD,
                        timeout())
                .addListener(() -> {}, SAME_THREAD);
    }

    private Resource resource(String name) {
        return Resource.newBuilder()
                .setResourceNamespace(configuration.getNamespace())
                .setName(name)
                .build();
    }

    private Duration timeout() {
        return configuration.getRequestTimeout();
    }

    private static void requireOk(Status status) {
        if (status.getCode() != Code.OK) {
            throw new IllegalStateException("[response-code=" + status.getCodeValue() + "] " + status.getMessage());
        }
    }

    /** Waits without bound. */
    @Override
    public void close() throws InterruptedException {
        rpc.shutdown();
    }

    private record Answer(CompletableFuture<Settings> settings) implements StreamObserver<TelemetryCommand> {

        @Override
        public void onNext(TelemetryCommand command) {
            if (command.hasSettings()) {
                settings.complete(command.getSettings());
            }
        }

        @Override
        public void onError(Throwable failure) {
            settings.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            settings.completeExceptionally(new IllegalStateException("the proxy ended the conversation"));
        }
    }
}
