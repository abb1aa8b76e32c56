package io.reliablemq.broker.embedded.server;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.proxy.config.ProxyConfig;
import org.apache.rocketmq.proxy.grpc.interceptor.ContextInterceptor;
import org.apache.rocketmq.proxy.grpc.interceptor.GlobalExceptionInterceptor;
import org.apache.rocketmq.proxy.grpc.interceptor.HeaderInterceptor;
import org.apache.rocketmq.proxy.grpc.v2.GrpcMessagingApplication;

/** RocketMQ's gRPC proxy on loopback. Its own server builder listens on every address. */
final class GrpcProxy {

    private final String endpoints;
    private final EarliestFirstProcessor processor;
    private final GrpcMessagingApplication application;
    private final ExecutorService executor;
    private final Server server;

    GrpcProxy(ProxyConfig config) {
        this.endpoints = Ports.LOOPBACK + ":" + config.getGrpcServerPort();
        this.processor = new EarliestFirstProcessor();
        this.application = GrpcMessagingApplication.create(processor);
        this.executor = Executors.newFixedThreadPool(config.getGrpcThreadPoolNums());
        this.server = NettyServerBuilder.forAddress(Ports.socketAddress(config.getGrpcServerPort()))
                .executor(executor)
                .maxInboundMessageSize(config.getGrpcMaxInboundMessageSize())
                .maxConnectionIdle(config.getGrpcClientIdleTimeMills(), TimeUnit.MILLISECONDS)
                .addService(application)
                .intercept(new GlobalExceptionInterceptor())
                .intercept(new ContextInterceptor())
                .intercept(new HeaderInterceptor())
                .build();
    }

    void start() throws Exception {
        processor.start();
        application.start();
        server.start();
    }

    void shutdown() throws Exception {
        server.shutdown();
        if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
            server.shutdownNow();
        }
        application.preShutdown();
        application.shutdown();
        processor.preShutdown();
        processor.shutdown();
        executor.shutdownNow();
    }

    String endpoints() {
        return endpoints;
    }
}
