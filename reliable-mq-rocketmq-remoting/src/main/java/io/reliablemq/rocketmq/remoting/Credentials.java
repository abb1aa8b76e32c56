package io.reliablemq.rocketmq.remoting;

import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;
import org.jspecify.annotations.Nullable;

/** Signs requests where there are credentials. */
final class Credentials {

    private Credentials() {}

    static @Nullable RPCHook hook(RemotingSettings settings) {
        return settings.accessKey() == null
                ? null
                : new AclClientRPCHook(new SessionCredentials(settings.accessKey(), settings.secretKey()));
    }
}
