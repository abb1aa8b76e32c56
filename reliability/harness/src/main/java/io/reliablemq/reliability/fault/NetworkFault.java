package io.reliablemq.reliability.fault;

import io.reliablemq.broker.embedded.network.Interference;
import io.reliablemq.broker.embedded.network.TcpProxy;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Between processes of the application and a server. Struck when the latch is down; a latch of zero is so at once. */
record NetworkFault(String target, Collection<TcpProxy> proxies, Interference interference, CountDownLatch struck)
        implements Fault {

    private static final long TRAP_OPEN_SECONDS = 10;

    @Override
    public OptionalLong strike() throws InterruptedException {
        boolean trap = struck.getCount() > 0;
        long now = System.currentTimeMillis();
        proxies.forEach(proxy -> proxy.interfere(interference));
        if (!trap) {
            return OptionalLong.of(now);
        }
        return struck.await(TRAP_OPEN_SECONDS, TimeUnit.SECONDS)
                ? OptionalLong.of(System.currentTimeMillis())
                : OptionalLong.empty();
    }

    @Override
    public void heal() {
        proxies.forEach(TcpProxy::heal);
    }
}
