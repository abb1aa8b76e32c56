package io.reliablemq.reliability.checker;

import java.util.List;

/**
 * What a history consists of. Times are milliseconds since the epoch by one clock: that of the database for rows and effects, that
 * of the machine which it runs on for the rest.
 */
public sealed interface Event {

    /** As one line of the history. */
    JsonLine line();

    /** @throws IllegalArgumentException when the line is no event */
    static Event of(JsonLine line) {
        return switch (line.text("type")) {
            case "listener" -> new Listener(line.text("name"), line.is("ordered"));
            case "invoke" -> new Invoke(line.number("at"), line.text("id"), line.text("key"), line.text("worker"));
            case "ok" -> new Outcome(line.number("at"), line.text("id"), Result.OK);
            case "fail" -> new Outcome(line.number("at"), line.text("id"), Result.FAIL);
            case "unknown" -> new Outcome(line.number("at"), line.text("id"), Result.UNKNOWN);
            case "row" -> row(line);
            case "effect" ->
                new Effect(
                        line.number("at"),
                        line.number("position"),
                        line.text("listener"),
                        row(line),
                        line.text("worker"),
                        line.is("committed"));
            case "fault" ->
                new Fault(line.number("at"), (int) line.number("number"), line.text("name"), line.text("target"));
            case "heal" -> new Heal(line.number("at"), (int) line.number("number"));
            case "left" -> new Left(line.number("at"), line.text("id"), line.text("where"));
            case "end" -> new End(line.number("at"));
            case "in-vain" -> new InVain(line.number("at"), (int) line.number("number"), line.text("why"));
            default -> ofProcess(line);
        };
    }

    private static Event ofProcess(JsonLine line) {
        return switch (line.text("type")) {
            case "watch" ->
                new Watch(
                        line.number("at"),
                        line.number("since"),
                        line.text("worker"),
                        line.text("listener"),
                        line.is("running"));
            case "late-stop" -> new LateStop(line.number("at"), line.number("since"), line.text("worker"), needs(line));
            case "failed-start" ->
                new FailedStart(
                        line.number("at"), line.number("since"), line.text("worker"), needs(line), line.text("why"));
            default -> throw new IllegalArgumentException("unknown type in " + line);
        };
    }

    private static List<String> needs(JsonLine line) {
        return List.of(line.text("needs").split(","));
    }

    private static Row row(JsonLine line) {
        return new Row(line.number("at"), line.text("id"), line.text("key"), line.number("seq"), line.text("content"));
    }

    /** Every committed transaction owes one effect to each of these. */
    record Listener(String name, boolean ordered) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("listener").with("name", name).with("ordered", ordered);
        }
    }

    /** Written before the transaction begins. */
    record Invoke(long at, String id, String key, String worker) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("invoke")
                    .with("at", at)
                    .with("id", id)
                    .with("key", key)
                    .with("worker", worker);
        }
    }

    /** What the caller of a transaction knows of its end. */
    enum Result {
        /** The commit has returned. */
        OK,
        /** It was rolled back on purpose: no commit was ever asked for. */
        FAIL,
        /** Anything else; as good as no outcome at all. */
        UNKNOWN
    }

    /** Written when the transaction has ended; missing when its process died before. */
    record Outcome(long at, String id, Result result) implements Event {

        @Override
        public JsonLine line() {
            String type =
                    switch (result) {
                        case OK -> "ok";
                        case FAIL -> "fail";
                        case UNKNOWN -> "unknown";
                    };
            return JsonLine.ofType(type).with("at", at).with("id", id);
        }
    }

    /**
     * The ground truth: the business row of a transaction, as the database has it at the end.
     *
     * @param content a digest of everything that was sent
     */
    record Row(long at, String id, String key, long seq, String content) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("row")
                    .with("at", at)
                    .with("id", id)
                    .with("key", key)
                    .with("seq", seq)
                    .with("content", content);
        }

        boolean sameContent(Row other) {
            return id.equals(other.id) && key.equals(other.key) && seq == other.seq && content.equals(other.content);
        }
    }

    /**
     * What a listener has done, as the database has it at the end.
     *
     * @param position in which order effects were applied
     * @param message what the listener was given
     * @param committed whether the listener saw the business row
     */
    record Effect(long at, long position, String listener, Row message, String worker, boolean committed)
            implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("effect")
                    .with("at", at)
                    .with("position", position)
                    .with("listener", listener)
                    .with("id", message.id())
                    .with("key", message.key())
                    .with("seq", message.seq())
                    .with("content", message.content())
                    .with("worker", worker)
                    .with("committed", committed);
        }
    }

    /** The moment at which it struck. */
    record Fault(long at, int number, String name, String target) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("fault")
                    .with("at", at)
                    .with("number", number)
                    .with("name", name)
                    .with("target", target);
        }
    }

    /** The moment from which what the fault had hit worked again: a killed process is ready once more. */
    record Heal(long at, int number) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("heal").with("at", at).with("number", number);
        }
    }

    /** That a fault does not count: what it was done to has not noticed it, as far as can be seen. It may have, so it still excuses. */
    record InVain(long at, int number, String why) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("in-vain")
                    .with("at", at)
                    .with("number", number)
                    .with("why", why);
        }
    }

    /**
     * A time without any fault and with something to do for everybody, which has gone on until each listener of each process had done
     * something, or for so long that one that has not is none any more.
     *
     * @param running whether the listener said at the end of it that it runs
     */
    record Watch(long at, long since, String worker, String listener, boolean running) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("watch")
                    .with("at", at)
                    .with("since", since)
                    .with("worker", worker)
                    .with("listener", listener)
                    .with("running", running);
        }
    }

    /**
     * A process that was asked to end and has not, for as long as anybody has patience.
     *
     * @param since when it was asked
     * @param needs targets of faults that excuse it; {@code database} stands for {@code database network}, too
     */
    record LateStop(long at, long since, String worker, List<String> needs) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("late-stop")
                    .with("at", at)
                    .with("since", since)
                    .with("worker", worker)
                    .with("needs", String.join(",", needs));
        }
    }

    /**
     * A process that has ended before it was ready.
     *
     * @param since when it was started
     * @param needs as those of a {@link LateStop}
     * @param why as far as it has said so
     */
    record FailedStart(long at, long since, String worker, List<String> needs, String why) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("failed-start")
                    .with("at", at)
                    .with("since", since)
                    .with("worker", worker)
                    .with("needs", String.join(",", needs))
                    .with("why", why);
        }
    }

    /** What was still on its way, parked or a dead letter at the end. */
    record Left(long at, String id, String where) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("left").with("at", at).with("id", id).with("where", where);
        }
    }

    /** When rows, effects and what was left were read. */
    record End(long at) implements Event {

        @Override
        public JsonLine line() {
            return JsonLine.ofType("end").with("at", at);
        }
    }
}
