package io.reliablemq.outbox.relay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Lets every database call of one process hang, as if it were stopped by a signal. */
final class Freezer {

    volatile boolean frozen;

    <T> T around(Class<T> port, T target) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    passOrHang();
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private synchronized void passOrHang() throws InterruptedException {
        while (frozen) {
            wait();
        }
    }

    synchronized void thaw() {
        frozen = false;
        notifyAll();
    }
}
