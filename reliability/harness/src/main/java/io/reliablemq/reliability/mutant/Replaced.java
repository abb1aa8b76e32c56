package io.reliablemq.reliability.mutant;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts something broken where the product has no door for it, and shall have none. */
final class Replaced {

    private Replaced() {}

    /** A method of a port that is broken. */
    interface Broken {
        /** Answers instead of the method; {@link Sound} is the method as it was. */
        @Nullable
        Object call(Object[] arguments, Sound sound) throws Throwable;
    }

    /** The method that is not broken. */
    interface Sound {
        @Nullable
        Object call(Object... arguments) throws Throwable;
    }

    /** The port with some of its methods replaced; the others are passed on. */
    static <T> T in(Class<T> port, T sound, Map<String, Broken> broken) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Sound original = given -> {
                try {
                    return method.invoke(sound, given);
                } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                }
            };
            Object[] given = arguments == null ? new Object[0] : arguments;
            Broken instead = broken.get(method.getName());
            return instead == null ? original.call(given) : instead.call(given, original);
        };
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    static void field(Object owner, String name, Object value) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            field.set(owner, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    owner.getClass() + " has no field " + name + " any more: the mutant has to follow", e);
        }
    }
}
