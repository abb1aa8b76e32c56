package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.EndpointApplication.SECRET;
import static io.reliablemq.autoconfigure.EndpointApplication.UNRESTRICTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.autoconfigure.EndpointApplication.Reply;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.spi.OutboxRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What operators do through the actuator endpoint, over HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class ReliableMqEndpointOperationsTests {

    private EndpointApplication application;

    @BeforeEach
    void start() {
        application = new EndpointApplication(UNRESTRICTED);
    }

    @AfterEach
    void stop(CapturedOutput output) {
        application.close();
        assertThat(output).doesNotContain(SECRET);
    }

    @Test
    void releasesWhatIsChosen() {
        UUID one = application.parked("orders", null);
        application.parked("orders", null);
        application.parked("invoices", null);

        Reply would = application.post(
                "/reliablemq/parked/release", "topic", "orders", "actor", "alice", "why", "mended", "dryRun", true);
        assertThat(would.body().at("/messages").size()).isEqualTo(2);
        assertThat(application.count("reliable_mq_outbox_parked")).isEqualTo(3);
        assertThat(application.auditTypes()).isEmpty();

        Reply released = application.post("/reliablemq/parked/release", "id", one, "actor", "alice", "why", "mended");

        assertThat(released.status()).isEqualTo(200);
        assertThat(released.body().at("/messages/0").asString()).isEqualTo(one.toString());
        assertThat(application.count("reliable_mq_outbox_parked")).isEqualTo(2);
        AuditEvent event = application.application().audited.get(0);
        assertThat(event.getPrincipal()).isEqualTo("alice");
        assertThat(event.getType()).isEqualTo("OUTBOX_RELEASE");
        assertThat(event.getData()).containsEntry("reason", "mended").containsEntry("messages", List.of(one));
        Reply audit = application.get("/reliablemq/audit?of=outbox&limit=1");
        assertThat(audit.body().at("/deeds/0/actor").asString()).isEqualTo("alice");
        String before = audit.body().at("/next").asString();
        assertThat(application
                        .get("/reliablemq/audit?of=outbox&before=" + before)
                        .body()
                        .at("/deeds")
                        .size())
                .isZero();

        application.post("/reliablemq/parked/release", "all", "true", "actor", "bob", "why", "all mended");
        assertThat(application.count("reliable_mq_outbox_parked")).isZero();
        assertThat(application.count("reliable_mq_outbox_audit")).isEqualTo(2);
    }

    @Test
    void editsAndSkipsAParkedMessage() {
        UUID id = application.parked("orders", null);

        Reply edited = application.post(
                "/reliablemq/parked/edit",
                "id",
                id,
                "topic",
                "purchases",
                "payload",
                "{\"number\":1}",
                "contentType",
                "application/json",
                "headers",
                "{\"a\":\"b\"}",
                "actor",
                "alice",
                "why",
                "ticket 4711");

        assertThat(edited.status()).as(edited.text()).isEqualTo(200);
        OutboxOperations operations = application.context.getBean(OutboxOperations.class);
        OutboxOperations.ParkedMessage now =
                operations.parked(OutboxOperations.Parked.message(id), null, 1).get(0);
        assertThat(now.topic()).isEqualTo("purchases");
        assertThat(now.headers()).containsExactly(Map.entry("a", "b"));
        assertThat(operations.payload(id).orElseThrow().bytes())
                .isEqualTo("{\"number\":1}".getBytes(StandardCharsets.UTF_8));

        Reply skipped =
                application.post("/reliablemq/parked/skip", "id", id, "actor", "alice", "why", "nobody needs it");

        assertThat(skipped.status()).isEqualTo(200);
        assertThat(application.count("reliable_mq_outbox_parked")).isZero();
        assertThat(application.auditTypes()).containsExactly("OUTBOX_EDIT", "OUTBOX_SKIP");
        assertThat(application
                        .post("/reliablemq/parked/skip", "id", id, "actor", "alice", "why", "again")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void replaysFromTheArchive() {
        OutboxRow row = application.written("orders", null);
        application.outbox().store().settle(List.of(row.ref()));
        assertThat(application.count("reliable_mq_outbox")).isZero();
        String from = Instant.now().minusSeconds(3600).toString();
        Instant archived = Instant.ofEpochMilli(application
                .observer()
                .queryForObject("SELECT MAX(archived_at_ms) FROM reliable_mq_outbox_archive", Long.class));
        String to = archived.plusMillis(1).toString();
        ListenerApplication.until(() -> Instant.now().isAfter(archived.plusMillis(2)));
        assertThat(application
                        .get("/reliablemq/archive?from=" + from + "&to=" + to)
                        .body()
                        .at("/messages")
                        .asInt())
                .isEqualTo(1);

        Reply replayed = application.post(
                "/reliablemq/archive/replay",
                "from",
                from,
                "to",
                to,
                "actor",
                "alice",
                "why",
                "the broker lost a disk");

        assertThat(replayed.body().at("/messages").asInt()).as(replayed.text()).isEqualTo(1);
        assertThat(application.count("reliable_mq_outbox")).isEqualTo(1);
        assertThat(application.auditTypes()).containsExactly("OUTBOX_REPLAY");
    }

    @Test
    void replaysEditsAndDiscardsDeadLetters() {
        application.fail(3);
        List<String> letters = application
                .get("/reliablemq/dead-letters")
                .body()
                .at("/items")
                .valueStream()
                .map(item -> item.at("/id").asString())
                .toList();
        String first = letters.get(0);

        Reply failed =
                application.post("/reliablemq/dead-letters/replay", "id", first, "actor", "alice", "why", "try it");
        assertThat(failed.status()).isEqualTo(409);
        assertThat(failed.error()).contains("failed and was rolled back", "FatalListenerException");

        application.application().mended = true;
        Reply edited = application.post(
                "/reliablemq/dead-letters/edit",
                "id",
                first,
                "payloadBase64",
                Base64.getEncoder().encodeToString("corrected".getBytes(StandardCharsets.UTF_8)),
                "contentType",
                "text/plain",
                "actor",
                "alice",
                "why",
                "corrected");
        assertThat(edited.status()).as(edited.text()).isEqualTo(200);
        Reply replayed =
                application.post("/reliablemq/dead-letters/replay", "id", first, "actor", "alice", "why", "mended");
        assertThat(replayed.body().at("/outcome").asString()).isEqualTo("replayed");
        Reply again =
                application.post("/reliablemq/dead-letters/replay", "id", first, "actor", "alice", "why", "mended");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.error()).contains("is REPLAYED");

        Reply discarded = application.post(
                "/reliablemq/dead-letters/discard", "id", letters.get(1), "actor", "alice", "why", "not needed");
        assertThat(discarded.body().at("/outcome").asString()).isEqualTo("discarded");
        Reply rest = application.post(
                "/reliablemq/dead-letters/replay",
                "group",
                "group",
                "actor",
                "alice",
                "why",
                "mended",
                "perSecond",
                1000);
        assertThat(rest.body().at("/replayed").asInt()).as(rest.text()).isEqualTo(1);
        assertThat(application.auditTypes())
                .containsExactly(
                        "DEAD_LETTER_REPLAY",
                        "DEAD_LETTER_EDIT",
                        "DEAD_LETTER_REPLAY",
                        "DEAD_LETTER_DISCARD",
                        "DEAD_LETTER_REPLAY");
        assertThat(application
                        .get("/reliablemq/audit?of=dead-letters")
                        .body()
                        .at("/deeds")
                        .size())
                .isEqualTo(5);
    }

    @Test
    void comparesWhatWasSentWithWhatHasArrived() {
        assertThat(application.get("/reliablemq/reconciliation/lines").status()).isEqualTo(404);
        OutboxRow lost = application.written("orders", null);
        application.outbox().store().settle(List.of(lost.ref()));
        String id = lost.ref().messageId().toString();

        Reply young = application.post("/reliablemq/reconciliation/run");
        assertThat(young.body().at("/verdict").asString()).as(young.text()).isEqualTo("COMPLETE");
        application
                .observer()
                .update("UPDATE reliable_mq_outbox_archive SET archived_at_ms = archived_at_ms - 3600000");
        Reply report = application.post(
                "/reliablemq/reconciliation/run",
                "from",
                Instant.now().minusSeconds(7200).toString(),
                "to",
                Instant.now().toString());

        assertThat(report.body().at("/verdict").asString()).as(report.text()).isEqualTo("GAPS");
        assertThat(report.body().at("/report/groups/0/named/0/messageId").asString())
                .isEqualTo(id);
        Reply latest = application.get("/reliablemq/reconciliation");
        assertThat(latest.body().at("/latest/missing").asInt()).isEqualTo(1);
        assertThat(latest.body().at("/scheduled").isNull()).isTrue();
        Reply lines = application.get("/reliablemq/reconciliation/lines");
        assertThat(lines.text().split("\n")).hasSize(3);
        assertThat(lines.text()).contains("\"kind\":\"MISSING\"", id).endsWith("\n");
        assertThat(application
                        .post(
                                "/reliablemq/reconciliation/run",
                                "from",
                                Instant.now().toString())
                        .error())
                .contains("The request has no to");
    }

    @Test
    void pausesAndResumesAListener() {
        Reply paused =
                application.post("/reliablemq/listeners/pause", "id", "group", "actor", "alice", "why", "an outage");

        assertThat(paused.status()).isEqualTo(200);
        ListenerRegistry listeners = application.context.getBean(ListenerRegistry.class);
        ListenerApplication.until(() -> listeners.status("group").state() == ListenerStatus.State.PAUSED);

        application.post("/reliablemq/listeners/resume", "id", "group", "actor", "bob", "why", "over");

        ListenerApplication.until(() -> listeners.status("group").state() == ListenerStatus.State.RUNNING);
        assertThat(application.auditTypes()).containsExactly("LISTENER_PAUSE", "LISTENER_RESUME");
        assertThat(application.application().audited.get(1).getPrincipal()).isEqualTo("bob");
        assertThat(application.application().audited.get(1).getData())
                .containsEntry("listener", "group")
                .containsEntry("reason", "over");
    }

    /** Spring Boot puts the query over the path; should it stop, docs/endpoint.md need not warn any more. */
    @Test
    void isNotProtectedByARuleForOneOfItsPaths() {
        UUID id = application.parked("orders", null);
        application.post("/reliablemq/parked/skip?item=release", "id", id, "actor", "alice", "why", "mended");
        assertThat(application.auditTypes()).containsExactly("OUTBOX_RELEASE");
    }

    @Test
    void namesWhoIsSignedIn() {
        UUID id = application.parked("orders", null);

        Reply claimed =
                application.postAs("carol", "/reliablemq/parked/release", "id", id, "actor", "alice", "why", "mended");
        assertThat(claimed.status()).isEqualTo(400);
        assertThat(claimed.error()).contains("carol is signed in");

        application.postAs("carol", "/reliablemq/parked/release", "id", id, "why", "mended");
        assertThat(application.application().audited.get(0).getPrincipal()).isEqualTo("carol");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "parked/release | - | Which messages is not clear",
                "parked/release | topc=orders | The request has [topc]",
                "parked/release | all=maybe | all is 'maybe': it must be true or false",
                "parked/release | all=true=topic=orders | Which messages is not clear",
                "parked/edit | id=x | id is 'x'",
                "parked/edit | - | The request has no id",
                "archive/replay | - | The request has no from",
                "dead-letters/discard | - | Which dead letters is not clear",
                "dead-letters/discard | all=true=group=group | Which dead letters is not clear",
                "dead-letters/replay | all=true=perSecond=0 | perSecond is '0'",
                "dead-letters/edit | id=x=payload=4111-1111-1111-1111 | a payload and no contentType",
                "dead-letters/edit | id=x=headers=4111-1111-1111-1111 | headers, 19 characters, is not a JSON object",
                "dead-letters/edit | id=x=headers={\"a\":1} | headers, 7 characters, is not a JSON object",
                "dead-letters/edit | id=x=headers={\"a\":\"4111-1111-1111-1111\" | is not a JSON object",
                "dead-letters/edit | id=x=payloadBase64=... | is not Base64",
                "listeners/pause | - | The request has no id"
            })
    void saysWhatIsWrongAndChangesNothing(String path, @Nullable String more, String error) {
        application.parked("orders", null);
        application.fail(1);

        List<Object> body = new ArrayList<>(List.of("actor", "alice", "why", "try"));
        if (more != null) {
            body.addAll(List.of((Object[]) more.split("=", -1)));
        }
        Reply reply = application.post("/reliablemq/" + path, body.toArray());

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.error()).contains(error).doesNotContain(SECRET);
        assertThat(application.count("reliable_mq_outbox_parked")).isEqualTo(1);
        assertThat(application.count("reliable_mq_inbox_audit") + application.count("reliable_mq_outbox_audit"))
                .isZero();
    }

    @Test
    void wantsToKnowWhoAndWhy() {
        String id = application.parked("orders", null).toString();
        assertThat(application
                        .post("/reliablemq/parked/skip", "id", id, "why", "try")
                        .error())
                .contains("The request has no actor");
        assertThat(application
                        .post("/reliablemq/parked/skip", "id", id, "actor", "alice")
                        .error())
                .contains("The request has no why");
        assertThat(application
                        .post("/reliablemq/parked/skip", "id", id, "actor", "al\nice", "why", "try")
                        .error())
                .contains("The actor of an operator's action");
        assertThat(application.count("reliable_mq_outbox_parked")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "parked/burn, There is no operation 'burn'",
        "archive/burn, There is no operation 'burn'",
        "dead-letters/burn, There is no operation 'burn'",
        "listeners/burn, There is no operation 'burn'",
        "lanes/change, no operation 'change'",
        "nothing/release, There is no section 'nothing'"
    })
    void saysWhichOperationsThereAre(String path, String error) {
        Reply reply = application.post("/reliablemq/" + path, "actor", "alice", "why", "try");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error()).contains(error);
    }

    @Test
    void saysThatTheDatabaseIsAway() {
        UUID id = application.parked("orders", null);
        application.observer().execute("SHUTDOWN IMMEDIATELY");

        Reply reply = application.post("/reliablemq/parked/skip", "id", id, "actor", "alice", "why", "try");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(application.auditTypes()).isEmpty();
    }
}
