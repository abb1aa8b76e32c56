package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A web application as a user would write it, on H2, seen over HTTP. It writes and listens; the broker is a queue. */
final class EndpointApplication implements AutoCloseable {

    /** In every payload and in a header: must never come out. */
    static final String SECRET = "4111-1111-1111-1111";

    static final String EXPOSED = "management.endpoints.web.exposure.include=reliablemq,health,info";
    static final String UNRESTRICTED = "management.endpoint.reliablemq.access=unrestricted";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    final Database database = TestDatabase.H2.create();
    final ListenerApplication broker = new ListenerApplication(database);
    final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final JdbcTemplate observer = new JdbcTemplate(database.dataSource(2));
    private @Nullable Collection<LaneClaim> claims;

    EndpointApplication(String... properties) {
        observer.execute("SELECT 1"); // there before the application, which makes no database
        Map<String, String> all = new TreeMap<>();
        Stream.concat(
                        Stream.of(
                                "server.port=0",
                                "server.address=127.0.0.1",
                                "spring.main.banner-mode=off",
                                "spring.datasource.url=" + database.jdbcUrl() + ";IFEXISTS=TRUE",
                                "spring.datasource.username=" + database.username(),
                                "spring.datasource.password=" + database.password(),
                                "spring.datasource.hikari.connection-timeout=500",
                                "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                                "reliable-mq.outbox.relay.enabled=false",
                                "reliable-mq.outbox.retention=7d",
                                EXPOSED),
                        Stream.of(properties))
                .forEach(property -> {
                    String[] parts = property.split("=", 2);
                    all.put(parts[0], parts[1]);
                    all.values().remove("");
                });
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .initializers(application -> ((GenericApplicationContext) application)
                        .registerBean(MessageReceiverFactory.class, () -> broker))
                .run(all.entrySet().stream()
                        .map(one -> "--" + one.getKey() + "=" + one.getValue())
                        .toArray(String[]::new));
    }

    /** The property is left to a profile. */
    static EndpointApplication withoutRetention(String... properties) {
        return new EndpointApplication(Stream.concat(Stream.of("reliable-mq.outbox.retention="), Stream.of(properties))
                .toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
        volatile boolean mended;

        @IdempotentListener(topic = "orders", consumerGroup = "${test.group:group}")
        void on(String order) {
            if (!mended) {
                throw new FatalListenerException("cannot handle it");
            }
        }

        @EventListener
        void audited(AuditApplicationEvent event) {
            audited.add(event.getAuditEvent());
        }

        /** Instead of a log-in. */
        @Bean
        FilterRegistrationBean<?> signIn() {
            return new FilterRegistrationBean<>((request, response, chain) -> chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public @Nullable Principal getUserPrincipal() {
                            String user = getHeader("X-User");
                            return user == null ? null : () -> user;
                        }
                    },
                    response));
        }
    }

    record Reply(int status, JsonNode body, String text) {

        String error() {
            return body.path("error").asString("");
        }
    }

    Reply get(String path) {
        return reply(request(path).GET());
    }

    /** @param body names and values in turn */
    Reply post(String path, Object... body) {
        return postAs(null, path, body);
    }

    Reply postAs(@Nullable String user, String path, Object... body) {
        Map<String, Object> values = new TreeMap<>();
        for (int i = 0; i < body.length; i += 2) {
            values.put((String) body[i], body[i + 1]);
        }
        HttpRequest.Builder request = posting(path, JSON.writeValueAsString(values));
        return reply(user == null ? request : request.header("X-User", user));
    }

    Reply postText(String path, String body) {
        return reply(posting(path, body));
    }

    private HttpRequest.Builder posting(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator" + path))
                .timeout(Duration.ofSeconds(30));
    }

    private Reply reply(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            String text = response.body();
            boolean json =
                    response.headers().firstValue("Content-Type").orElse("").matches(".*[/+]json.*");
            return new Reply(
                    response.statusCode(),
                    JSON.readTree(json && !text.isEmpty() && text.startsWith("{") ? text : "{}"),
                    text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Application application() {
        return context.getBean(Application.class);
    }

    List<String> auditTypes() {
        return application().audited.stream().map(AuditEvent::getType).toList();
    }

    OutboxRow written(String topic, @Nullable String orderingKey) {
        OutgoingMessage message = new OutgoingMessage(
                UUID.randomUUID(),
                topic,
                null,
                null,
                orderingKey,
                "text/plain",
                SECRET.getBytes(StandardCharsets.UTF_8),
                Map.of("card", SECRET),
                1,
                0);
        List<OutboxRow> rows = context.getBean(TransactionTemplate.class)
                .execute(status -> outbox().store().insert(List.of(new LaneMessage(0, message))));
        return rows.get(0);
    }

    UUID parked(String topic, @Nullable String orderingKey) {
        OutboxRow row = written(topic, orderingKey);
        outbox().store().park(claim(), List.of(row.ref()), "no such topic");
        return row.ref().messageId();
    }

    /** Of another process, which relays. */
    private LaneClaim claim() {
        if (claims == null) {
            UUID node = UUID.randomUUID();
            outbox().lanes().join(node, "another", Duration.ofMinutes(10));
            claims = outbox().lanes().claim(node, 16);
        }
        return claims.stream().filter(claim -> claim.lane() == 0).findFirst().orElseThrow();
    }

    JdbcOutbox outbox() {
        return context.getBean(JdbcOutbox.class);
    }

    /** Delivers a message that the listener cannot handle. */
    void fail(int letters) {
        for (int i = 0; i < letters; i++) {
            broker.publish(SECRET);
        }
        broker.settled(count("reliable_mq_dead_letter", letters));
    }

    private int count(String table, int expected) {
        ListenerApplication.until(() -> count(table) >= expected);
        return count(table);
    }

    int count(String table) {
        Integer rows = observer.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
        return rows == null ? 0 : rows;
    }

    JdbcTemplate observer() {
        return observer;
    }

    @Override
    public void close() {
        context.close();
        database.close();
    }
}
