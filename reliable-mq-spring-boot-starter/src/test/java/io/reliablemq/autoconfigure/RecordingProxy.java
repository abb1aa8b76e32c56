package io.reliablemq.autoconfigure;

import apache.rocketmq.v2.Broker;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.Permission;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.QueryRouteResponse;
import apache.rocketmq.v2.SendMessageRequest;
import apache.rocketmq.v2.SendMessageResponse;
import apache.rocketmq.v2.SendResultEntry;
import apache.rocketmq.v2.TelemetryCommand;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.shaded.com.google.protobuf.MessageLite;
import org.apache.rocketmq.shaded.grpc.netty.NettyServerBuilder;
import org.apache.rocketmq.shaded.io.grpc.Context;
import org.apache.rocketmq.shaded.io.grpc.Deadline;
import org.apache.rocketmq.shaded.io.grpc.HandlerRegistry;
import org.apache.rocketmq.shaded.io.grpc.Metadata;
import org.apache.rocketmq.shaded.io.grpc.MethodDescriptor;
import org.apache.rocketmq.shaded.io.grpc.Server;
import org.apache.rocketmq.shaded.io.grpc.ServerCall;
import org.apache.rocketmq.shaded.io.grpc.ServerMethodDefinition;
import org.apache.rocketmq.shaded.io.grpc.Status;

/** A server that remembers how it is called, and can do nothing, or no more than to take messages. */
final class RecordingProxy implements AutoCloseable {

    private static final apache.rocketmq.v2.Status OK =
            apache.rocketmq.v2.Status.newBuilder().setCode(Code.OK).build();

    /** @param left until the caller gives up, null when it never does */
    record Call(String method, Metadata headers, Duration left) {

        String header(String name) {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    private interface Answer {

        MessageLite to(byte[] request) throws IOException;
    }

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Server server;

    RecordingProxy() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new AnyMethod())
                .build()
                .start();
    }

    String endpoints() {
        return "127.0.0.1:" + server.getPort();
    }

    /** From now on, of any topic. */
    void takeMessages() {
        answers.put("QueryRoute", RecordingProxy::route);
        answers.put("Telemetry", RecordingProxy::settings);
        answers.put("SendMessage", RecordingProxy::receipt);
    }

    private static MessageLite route(byte[] request) throws IOException {
        QueryRouteRequest question = QueryRouteRequest.parseFrom(request);
        return QueryRouteResponse.newBuilder()
                .setStatus(OK)
                .addMessageQueues(MessageQueue.newBuilder()
                        .setTopic(question.getTopic())
                        .setPermission(Permission.READ_WRITE)
                        .setBroker(Broker.newBuilder().setName("broker").setEndpoints(question.getEndpoints()))
                        .addAcceptMessageTypes(MessageType.NORMAL))
                .build();
    }

    /** The client's own, and a size without which it would send nothing. */
    private static MessageLite settings(byte[] request) throws IOException {
        TelemetryCommand.Builder command = TelemetryCommand.parseFrom(request).toBuilder();
        command.getSettingsBuilder().getPublishingBuilder().setMaxBodySize(1024 * 1024);
        return command.setStatus(OK).build();
    }

    private static MessageLite receipt(byte[] request) throws IOException {
        Message message = SendMessageRequest.parseFrom(request).getMessages(0);
        return SendMessageResponse.newBuilder()
                .setStatus(OK)
                .addEntries(SendResultEntry.newBuilder()
                        .setStatus(OK)
                        .setMessageId(message.getSystemProperties().getMessageId()))
                .build();
    }

    /** The next one of that method. */
    Call call(String method) throws InterruptedException {
        Call call = calls.poll(20, TimeUnit.SECONDS);
        while (call != null && !call.method().endsWith("/" + method)) {
            call = calls.poll(20, TimeUnit.SECONDS);
        }
        if (call == null) {
            throw new AssertionError("Nobody has called " + method);
        }
        return call;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class AnyMethod extends HandlerRegistry {

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNKNOWN)
                    .setFullMethodName(name)
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            return ServerMethodDefinition.create(method, (call, headers) -> {
                Deadline deadline = Context.current().getDeadline();
                calls.add(new Call(
                        name,
                        headers,
                        deadline == null ? null : Duration.ofMillis(deadline.timeRemaining(TimeUnit.MILLISECONDS))));
                Answer answer = answers.get(method.getBareMethodName());
                if (answer == null) {
                    call.close(Status.UNIMPLEMENTED, new Metadata());
                    return new ServerCall.Listener<>() {};
                }
                return answering(call, answer);
            });
        }

        private static ServerCall.Listener<byte[]> answering(ServerCall<byte[], byte[]> call, Answer answer) {
            call.sendHeaders(new Metadata());
            call.request(Integer.MAX_VALUE);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] request) {
                    try {
                        call.sendMessage(answer.to(request).toByteArray());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
