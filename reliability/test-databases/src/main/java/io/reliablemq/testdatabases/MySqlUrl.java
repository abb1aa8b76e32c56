package io.reliablemq.testdatabases;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JDBC URL of MySQL, taken apart.
 *
 * @param server everything up to the host and port
 * @param database the name of the database
 * @param parameters the parameters but for the credentials, with their question mark, or an empty string
 */
record MySqlUrl(String server, String database, String parameters, String username, String password) {

    private static final Pattern FORMAT = Pattern.compile("(jdbc:mysql://[^/?]+)/([^?]*)(?:\\?(.*))?");

    static MySqlUrl parse(String url) {
        Matcher matcher = FORMAT.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not a MySQL URL: \"" + url
                    + "\", expected jdbc:mysql://HOST:PORT/DATABASE?user=USER&password=PASSWORD");
        }
        String username = "";
        String password = "";
        List<String> others = new ArrayList<>();
        String parameters = matcher.group(3);
        for (String parameter : parameters == null ? new String[0] : parameters.split("&")) {
            if (parameter.startsWith("user=")) {
                username = valueOf(parameter);
            } else if (parameter.startsWith("password=")) {
                password = valueOf(parameter);
            } else {
                others.add(parameter);
            }
        }
        String rest = others.isEmpty() ? "" : "?" + String.join("&", others);
        return new MySqlUrl(matcher.group(1), matcher.group(2), rest, username, password);
    }

    MySqlUrl withDatabase(String name) {
        return new MySqlUrl(server, name, parameters, username, password);
    }

    Database toDatabase() {
        return new Database(TestDatabase.MYSQL, server + "/" + database + parameters, username, password);
    }

    private static String valueOf(String parameter) {
        return URLDecoder.decode(parameter.substring(parameter.indexOf('=') + 1), StandardCharsets.UTF_8);
    }
}
