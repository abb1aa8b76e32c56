package io.reliablemq.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

/** A server that remembers how it is called, and can do nothing. */
final class RecordingProxy implements AutoCloseable {

    /** @param left until the caller gives up, null when it never does */
    record Call(String method, Metadata headers, Duration left) {

        String header(String name) {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
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
                call.close(Status.UNIMPLEMENTED, new Metadata());
                return new ServerCall.Listener<>() {};
            });
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return InputStream.nullInputStream();
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
