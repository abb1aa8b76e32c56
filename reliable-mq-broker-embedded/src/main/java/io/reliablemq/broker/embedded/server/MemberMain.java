package io.reliablemq.broker.embedded.server;

import io.reliablemq.broker.embedded.server.logging.BrokerLogProvider;
import io.reliablemq.broker.embedded.wire.Frame;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The main class of a child process: {@code front | broker}, its directory for temporary files, the file that it locks, the
 * level of its log, the process that started it. It does what comes on standard input, answers on standard output and ends with
 * whoever started it.
 */
public final class MemberMain {

    private static final int CLOSED_WITHIN_SECONDS = 30;

    private MemberMain() {}

    /** Returns never: the process ends when it is told to, or at once when the one that started it is gone. */
    public static void main(String[] arguments) throws Exception {
        FileOutputStream answers = new FileOutputStream(FileDescriptor.out);
        // whatever else is printed is none
        System.setOut(System.err);
        ParentConnection parent = new ParentConnection(System.in, answers);
        parent.watch(Long.parseLong(arguments[4]));
        ForwardedLog log = new ForwardedLog(parent, System.Logger.Level.valueOf(arguments[3]));
        BrokerLogProvider.install(log::of);
        // an interrupt from the keyboard reaches all processes: the one that started this one closes it in order
        Runtime.getRuntime().addShutdownHook(new Thread(MemberMain::pause));
        try (MemberLock ignored = MemberLock.await(Path.of(arguments[2]))) {
            serve(parent, member(arguments[0], Path.of(arguments[1])));
        }
        Runtime.getRuntime().halt(0);
    }

    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(CLOSED_WITHIN_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Member member(String kind, Path temporaryDirectory) {
        return kind.equals("front") ? new FrontMember(temporaryDirectory) : new BrokerMember(temporaryDirectory);
    }

    private static void serve(ParentConnection parent, Member member) throws Exception {
        while (true) {
            Frame command = parent.next();
            if (command.kind().equals("close")) {
                BrokerLogProvider.closing();
                member.close();
                parent.answer(answer(Frame.DONE, command, Map.of()));
                return;
            }
            parent.answer(done(member, command));
        }
    }

    private static Frame done(Member member, Frame command) {
        try {
            return answer(Frame.DONE, command, member.apply(command.kind(), command.content()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(command, e);
        } catch (Exception | LinkageError e) {
            return failed(command, e);
        }
    }

    private static Frame failed(Frame command, Throwable failure) {
        String text =
                failure instanceof IllegalStateException ? String.valueOf(failure.getMessage()) : failure.toString();
        return answer(Frame.FAILED, command, Map.of(Frame.TEXT, text));
    }

    private static Frame answer(String kind, Frame command, Map<String, String> content) {
        Map<String, String> all = new HashMap<>(content);
        all.put(Frame.QUESTION, command.content().getOrDefault(Frame.QUESTION, ""));
        return new Frame(kind, all);
    }
}
