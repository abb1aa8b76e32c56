package io.reliablemq.broker.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees the JDK, the broker's jars and the server side of this module, and nothing of the application: client and proxy
 * both define {@code apache.rocketmq.v2.*}. The server side is defined here from the bytes that the application's class
 * path holds, so that it needs no jar of its own.
 */
final class IsolatedClassLoader extends URLClassLoader {

    static final String SERVER_PACKAGE = "io.reliablemq.broker.embedded.server";

    private static final String SERVER_RESOURCES = "META-INF/reliable-mq/broker-server/";

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader application;

    IsolatedClassLoader(URL[] brokerJars, ClassLoader application) {
        super("embedded-rocketmq", brokerJars, ClassLoader.getPlatformClassLoader());
        this.application = application;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!name.startsWith(SERVER_PACKAGE + ".")) {
            return super.findClass(name);
        }
        try (InputStream in = application.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL own = super.findResource(name);
        return own != null ? own : application.getResource(SERVER_RESOURCES + name);
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> found = new ArrayList<>(Collections.list(super.findResources(name)));
        found.addAll(Collections.list(application.getResources(SERVER_RESOURCES + name)));
        return Collections.enumeration(found);
    }
}
