package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.TransactionRequiredException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each profile changes, in whole applications. */
@ExtendWith(OutputCaptureExtension.class)
class ProfileTests {

    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]*)` \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$", Pattern.MULTILINE);
    private static final OutboxMessage ORDERED =
            OutboxMessage.to("clicks").orderedBy("a").payload("a");
    private static final OutboxMessage ANY = OutboxMessage.to("clicks").payload("a");

    private static <T> T properties(EndpointApplication application, Class<T> type) {
        return application.context.getBean(type);
    }

    @Test
    void financialKeepsWhatWasSentRefusesWrongSettingsAndComparesSentAndArrived() {
        try (EndpointApplication application = EndpointApplication.withoutRetention("reliable-mq.profile=financial")) {
            DoctorProperties doctor = properties(application, DoctorProperties.class);
            assertThat(doctor.onFailure()).isEqualTo(DoctorProperties.OnFailure.REFUSE);
            assertThat(doctor.copies()).isEqualTo(2);
            assertThat(application.context.getEnvironment().getProperty("reliable-mq.broker.embedded.replicas"))
                    .isEqualTo("2");
            ListenerApplication.until(() -> application
                    .get("/reliablemq/reconciliation")
                    .body()
                    .at("/scheduled/outcome")
                    .isObject());
            application
                    .outbox()
                    .store()
                    .settle(List.of(application.written("orders", null).ref()));
            assertThat(application.count("reliable_mq_outbox_archive")).isEqualTo(1);
        }
    }

    @Test
    void orderChangesNothing() {
        try (EndpointApplication none = EndpointApplication.withoutRetention();
                EndpointApplication order = EndpointApplication.withoutRetention("reliable-mq.profile=order")) {
            for (Class<?> type : new Class<?>[] {
                OutboxProperties.class,
                DoctorProperties.class,
                DirectProperties.class,
                ListenerProperties.class,
                ReconciliationProperties.class
            }) {
                assertThat(properties(order, type)).isEqualTo(properties(none, type));
            }
            Outbox outbox = none.context.getBean(Outbox.class);
            assertThatThrownBy(() -> outbox.send(ANY)).isInstanceOf(TransactionRequiredException.class);
        }
    }

    @Test
    void logSendsPastTheOutboxAndSaysThatACrashLosesWhatIsInMemory(CapturedOutput output) {
        try (EndpointApplication application = EndpointApplication.withoutRetention("reliable-mq.profile=log")) {
            Outbox outbox = application.context.getBean(Outbox.class);
            outbox.send(ANY); // no transaction
            assertThat(application.count("reliable_mq_outbox")).isZero();
            assertThatThrownBy(() -> outbox.send(ORDERED)).isInstanceOf(TransactionRequiredException.class);
            application.context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                outbox.sendAll(List.of(ANY, ORDERED));
                outbox.send(ANY.withMode(SendMode.OUTBOX));
                outbox.send(
                        OutboxMessage.to("clicks").delay(Duration.ofHours(1)).payload("a"));
            });
            assertThat(application.count("reliable_mq_outbox")).isEqualTo(2);
            assertThat(application.count("reliable_mq_outbox_due")).isEqualTo(1);

            DirectProperties direct = properties(application, DirectProperties.class);
            assertThat(direct.maxInFlight()).isEqualTo(16_384);
            assertThat(direct.maxBytes().toMegabytes()).isEqualTo(64);
            ListenerProperties listener = properties(application, ListenerProperties.class);
            assertThat(listener.coalesce()).isEqualTo(32);
            assertThat(listener.concurrency()).isEqualTo(8);
            assertThat(listener.retry().maxAttempts()).isEqualTo(3);
            assertThat(properties(application, DoctorProperties.class).copies()).isEqualTo(1);
        }
        assertThat(output)
                .contains("go past the outbox (reliable-mq.outbox.mode=direct): a crash loses those in memory");
    }

    @Test
    void whatTheApplicationSetsCountsBeforeTheProfile() {
        try (EndpointApplication application = new EndpointApplication(
                "reliable-mq.profile=LOG", "reliable-mq.listener.coalesce=2", "reliable-mq.outbox.mode=outbox")) {
            assertThat(properties(application, ListenerProperties.class).coalesce())
                    .isEqualTo(2);
            assertThat(properties(application, ListenerProperties.class).concurrency())
                    .isEqualTo(8);
            Outbox outbox = application.context.getBean(Outbox.class);
            assertThatThrownBy(() -> outbox.send(ANY)).isInstanceOf(TransactionRequiredException.class);
        }
    }

    @Test
    void anUnknownProfileIsRefusedWithWhatThereIs(CapturedOutput output) {
        assertThatThrownBy(() -> new EndpointApplication("reliable-mq.profile=finance"))
                .isInstanceOf(ReliableMqConfigurationException.class);
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "reliable-mq.profile is 'finance', and there is no such profile.",
                        "Set it to one of financial, order, log, or leave it out.");
    }

    @Test
    void aModeThatDecidesNothingIsRefused(CapturedOutput output) {
        assertThatThrownBy(() -> new EndpointApplication("reliable-mq.outbox.mode=default"))
                .hasRootCauseInstanceOf(ReliableMqConfigurationException.class);
        assertThat(output).contains("reliable-mq.outbox.mode is default: it must be outbox or direct");
    }

    /** Every row, with the default of the metadata beside it. */
    @ParameterizedTest
    @EnumSource(Profile.class)
    void theTableInTheDocsIsWhatTheProfilesDo(Profile profile) throws IOException {
        Map<String, String> documented = new HashMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("../docs/profiles.md")));
        while (rows.find()) {
            assertThat(rows.group(2).strip()).as(rows.group(1)).isEqualTo(standard(rows.group(1)));
            String value = rows.group(3 + profile.ordinal()).strip();
            if (!value.isEmpty()) {
                documented.put(rows.group(1), value);
            }
        }
        assertThat(documented).isEqualTo(profile.defaults());
    }

    private static String standard(String property) throws IOException {
        try (var metadata = ProfileTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            JsonNode all = JsonMapper.builder().build().readTree(metadata).get("properties");
            return all.valueStream()
                    .filter(one -> one.get("name").asString().equals(property))
                    .map(one -> one.path("defaultValue").asString(""))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
