package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.EndpointApplication.SECRET;
import static io.reliablemq.autoconfigure.EndpointApplication.UNRESTRICTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.autoconfigure.EndpointApplication.Reply;
import io.reliablemq.autoconfigure.endpoint.ReliableMqEndpointAutoConfiguration;
import io.reliablemq.doctor.Doctor;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The actuator endpoint, looked at over HTTP. */
class ReliableMqEndpointTests {

    private EndpointApplication application;

    @BeforeEach
    void start() {
        application = new EndpointApplication("reliable-mq.doctor.timeout=1s");
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void showsAllAtAGlance() {
        application.written("orders", null);
        application.parked("orders", null);
        application.fail(1);

        Reply overview = application.get("/reliablemq");

        assertThat(overview.status()).isEqualTo(200);
        assertThat(overview.body().at("/outbox/rows").asInt()).isEqualTo(1);
        assertThat(overview.body().at("/outbox/parked").asInt()).isEqualTo(1);
        assertThat(overview.body().at("/openDeadLetters").asInt()).isEqualTo(1);
        assertThat(overview.body().at("/listeners/group").asString()).isEqualTo("RUNNING");
        assertThat(overview.body().at("/processes").size()).isEqualTo(2);
        assertThat(overview.body().at("/sections").valueStream().map(section -> section.asString()))
                .contains("archive", "audit", "backlog", "dead-letters", "doctor", "lanes", "listeners", "parked");
        assertThat(overview.text()).doesNotContain(SECRET);
    }

    @Test
    void showsWhichProcessHasWhichLanes() {
        application.parked("orders", null);

        Reply lanes = application.get("/reliablemq/lanes");

        assertThat(lanes.body().at("/layout/to").asInt()).isEqualTo(16);
        assertThat(lanes.body().at("/layout/stage").asString()).isEqualTo("SETTLED");
        assertThat(lanes.body().at("/owners/0/name").asString()).isEqualTo("another");
        assertThat(lanes.body().at("/owners/0/lanes").size()).isEqualTo(16);
        assertThat(lanes.body().at("/owners/1/relays").asBoolean(true)).isFalse();
        assertThat(lanes.body().at("/unowned").size()).isZero();
    }

    @Test
    void showsWhatWaitsByTopic() {
        application.written("orders", null);
        application.written("orders", null);
        application.parked("invoices", null);

        Reply backlog = application.get("/reliablemq/backlog");

        assertThat(backlog.body().at("/topics/0/topic").asString()).isEqualTo("invoices");
        assertThat(backlog.body().at("/topics/0/parked").asInt()).isEqualTo(1);
        assertThat(backlog.body().at("/topics/1/waiting").asInt()).isEqualTo(2);
        assertThat(backlog.body().path("complete").asBoolean()).isTrue();
    }

    @Test
    void showsParkedMessagesPageByPageWithoutTheirContent() {
        List<String> parked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parked.add(application.parked("orders", null).toString());
        }
        application.parked("invoices", null);

        List<String> shown = new ArrayList<>();
        String after = "";
        while (!after.equals("null")) {
            Reply page = application.get("/reliablemq/parked?topic=orders&limit=2" + after);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.text()).doesNotContain(SECRET);
            assertThat(page.body().at("/total").asInt()).isEqualTo(5);
            page.body()
                    .at("/items")
                    .valueStream()
                    .forEach(item -> shown.add(item.at("/id").asString()));
            String next = page.body().at("/next").asString("null");
            after = next.equals("null") ? next : "&after=" + next;
        }
        assertThat(shown).isEqualTo(parked);

        Reply one = application.get("/reliablemq/parked/" + parked.get(0));
        assertThat(one.body().at("/reason").asString()).isEqualTo("no such topic");
        assertThat(one.body().at("/headers/card").asString()).isEqualTo("***");
        assertThat(one.body().at("/payload").asString()).isEqualTo("*** (19 bytes)");
    }

    @Test
    void showsDeadLettersPageByPageWithoutTheirContent() {
        application.fail(3);

        Reply first = application.get("/reliablemq/dead-letters?group=group&reason=fatal&limit=2");
        String next = first.body().at("/next").asString();
        Reply second = application.get("/reliablemq/dead-letters?limit=2&after=" + next);

        assertThat(first.body().at("/total").asInt()).isEqualTo(3);
        assertThat(Stream.of(first, second)
                        .flatMap(page -> page.body().at("/items").valueStream())
                        .map(item -> item.at("/id").asString()))
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(second.body().at("/next").isNull()).isTrue();
        Reply one = application.get("/reliablemq/dead-letters/" + next);
        assertThat(one.body().at("/error").asString()).contains("cannot handle it");
        assertThat(one.body().at("/headers/name").asString()).isEqualTo("***");
        assertThat(first.text() + second.text() + one.text()).doesNotContain(SECRET);
        assertThat(application
                        .get("/reliablemq/dead-letters?group=another")
                        .body()
                        .at("/total")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void showsWhatTheDoctorFoundLast() {
        application.context.getBean(Doctor.class).examine();

        Reply findings = application.get("/reliablemq/doctor");

        assertThat(findings.body().at("/summary").asString()).contains("UNKNOWN");
        assertThat(findings.body().at("/findings").valueStream().map(one -> one.at("/rule")
                        .asString()))
                .contains("cluster", "database-durability");
    }

    @Test
    void showsItsListeners() {
        assertThat(application
                        .get("/reliablemq/listeners")
                        .body()
                        .at("/listeners/0/topic")
                        .asString())
                .isEqualTo("orders");
        assertThat(application
                        .get("/reliablemq/listeners/group")
                        .body()
                        .at("/state")
                        .asString())
                .isEqualTo("RUNNING");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?what=1 | The request has [what]",
                "/parked?topc=orders | The request has [topc]",
                "/parked?limit=0 | limit is '0'",
                "/parked?limit=many | limit is 'many'",
                "/parked?limit=1001 | limit is '1001'",
                "/parked?after=yesterday | after is 'yesterday'",
                "/parked?key=a | a key and no topic",
                "/parked?topic=a&topic=b | topic more than once",
                "/parked/not-an-id | id is 'not-an-id'",
                "/archive | The request has no from",
                "/archive?from=today&to=2026-11-22T14:00:00Z | from is 'today'",
                "/archive?from=2026-11-22T14:00:00Z&to=2026-11-21T14:00:00Z | exchange the two",
                "/archive?from=2026-11-21T14:00:00Z&to=2026-11-22T14:00:00Z&fate=lost | fate is 'lost': it must be one of sent, skipped",
                "/dead-letters?reason=bad | reason is 'bad': it must be one of exhausted",
                "/dead-letters?from=2026 | from is '2026'",
                "/audit | The request has no of",
                "/audit?of=all | of is 'all': it must be one of outbox, dead_letters"
            })
    void saysWhatIsWrongWithARequest(String path, String error) {
        Reply reply = application.get("/reliablemq" + path);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains(error);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/nothing | There is no section 'nothing': use one of [archive, audit,",
                "/parked/0197a9b4-7c1e-7b1f-9d7c-2f6f0f4b1a11 | No message 0197a9b4-7c1e-7b1f-9d7c-2f6f0f4b1a11 is parked",
                "/dead-letters/nobody | There is no dead letter 'nobody'",
                "/dead-letters?after=nobody | There is no dead letter 'nobody'",
                "/listeners/nobody | There is no listener 'nobody': use one of [group]",
                "/lanes/7 | nothing under '7'"
            })
    void saysWhatIsNotThere(String path, String error) {
        Reply reply = application.get("/reliablemq" + path);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).contains(error);
    }

    /** What is in memory is told all the same. */
    @Test
    void saysThatTheDatabaseIsAway() {
        application.observer().execute("SHUTDOWN IMMEDIATELY");

        for (String section : List.of("lanes", "backlog", "parked", "dead-letters", "audit?of=outbox")) {
            Reply reply = application.get("/reliablemq/" + section);
            assertThat(reply.status()).as(section).isEqualTo(503);
            assertThat(reply.error()).contains("The database does not answer").doesNotContain("jdbc:", "SELECT");
        }
        Reply overview = application.get("/reliablemq");
        assertThat(overview.status()).isEqualTo(503);
        assertThat(overview.body().at("/listeners/group").asString()).isNotEmpty();
        assertThat(application.get("/reliablemq/listeners").status()).isEqualTo(200);
    }

    @Test
    void changesNothingUnlessThatIsAllowed() {
        UUID parked = application.parked("orders", null);

        Reply reply = application.post("/reliablemq/parked/release", "id", parked, "actor", "alice", "why", "try");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(application.count("reliable_mq_outbox_parked")).isEqualTo(1);
        assertThat(application.get("/reliablemq/parked").status()).isEqualTo(200);
    }

    @Test
    void isThereOnlyWhereItIsExposed() {
        try (EndpointApplication hidden =
                new EndpointApplication("management.endpoints.web.exposure.exclude=reliablemq")) {
            assertThat(hidden.get("/reliablemq").status()).isEqualTo(404);
            assertThat(hidden.context.getBeanNamesForAnnotation(WebEndpoint.class))
                    .doesNotContain("reliableMqEndpoint");
        }
    }

    @Test
    void leavesOutWhatTheApplicationHasNot() {
        try (EndpointApplication writer = new EndpointApplication(
                UNRESTRICTED, "reliable-mq.listener.enabled=false", "reliable-mq.doctor.enabled=false")) {
            assertThat(writer.get("/reliablemq").status()).isEqualTo(200);
            assertThat(writer.get("/reliablemq/dead-letters").error()).contains("There is no section 'dead-letters'");
            assertThat(writer.get("/reliablemq/doctor").status()).isEqualTo(404);
            assertThat(writer.get("/reliablemq/audit?of=dead-letters").error()).contains("has no listeners");
        }
    }

    @Test
    void isNotNeeded() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ReliableMqEndpointAutoConfiguration.class))
                .withPropertyValues("management.endpoints.web.exposure.include=reliablemq");
        runner.run(context -> assertThat(context).hasBean("reliableMqEndpoint"));
        runner.withClassLoader(new FilteredClassLoader(WebEndpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("reliableMqEndpoint"));
    }
}
