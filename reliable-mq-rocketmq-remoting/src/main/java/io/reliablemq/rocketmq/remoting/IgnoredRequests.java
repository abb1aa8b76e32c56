package io.reliablemq.rocketmq.remoting;

import io.netty.channel.ChannelHandlerContext;
import org.apache.rocketmq.client.impl.ClientRemotingProcessor;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** What brokers ask of their clients concerns the client's own consumers and transactions; there are none. */
final class IgnoredRequests extends ClientRemotingProcessor {

    @SuppressWarnings("NullAway") // RocketMQ's own proxy does the same
    IgnoredRequests() {
        super(null);
    }

    @Override
    public @Nullable RemotingCommand processRequest(ChannelHandlerContext context, RemotingCommand request) {
        return null;
    }
}
