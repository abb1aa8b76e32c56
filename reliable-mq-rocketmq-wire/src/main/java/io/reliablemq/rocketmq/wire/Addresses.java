package io.reliablemq.rocketmq.wire;

import java.util.regex.Pattern;

/** Lists of {@code host:port}, separated by semicolons. */
public final class Addresses {

    private static final Pattern ADDRESS = Pattern.compile("[^\\s:;/]+:\\d{1,5}|\\[[0-9a-fA-F:.]+]:\\d{1,5}");

    private Addresses() {}

    /** @throws IllegalArgumentException when one of them is not {@code host:port}; ends with the advice */
    public static void check(String name, String addresses, String advice) {
        for (String address : addresses.split(";", -1)) {
            if (!ADDRESS.matcher(address).matches() || port(address) < 1 || port(address) > 65_535) {
                throw new IllegalArgumentException(name + " is \"" + addresses + "\" and \"" + address
                        + "\" in it is not host:port: " + advice + ", without http:// and without blanks");
            }
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
