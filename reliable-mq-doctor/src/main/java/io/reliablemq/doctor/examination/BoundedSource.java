package io.reliablemq.doctor.examination;

import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Unknown;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A source with a thread for each question, so that one that hangs holds up nobody. It is not asked again while an old question hangs:
 * there is one such thread at most. Used by one thread at a time.
 */
final class BoundedSource<T> {

    private final String what;
    private final Source<T> source;
    private @Nullable FutureTask<Answer<T>> asked;

    BoundedSource(String what, Source<T> source) {
        this.what = what;
        this.source = source;
    }

    void begin() {
        FutureTask<Answer<T>> before = asked;
        if (before == null || before.isDone()) { // what has come too late is out of date
            FutureTask<Answer<T>> question = new FutureTask<>(source::ask);
            asked = question;
            Thread thread = new Thread(question, "reliable-mq-doctor-" + what);
            thread.setDaemon(true);
            thread.start();
        }
    }

    Answer<T> answer(long deadline) throws InterruptedException {
        FutureTask<Answer<T>> question = asked;
        if (question == null) {
            return unknown("was not asked");
        }
        try {
            Answer<T> answer = question.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            asked = null;
            return answer;
        } catch (TimeoutException e) {
            return unknown("has not answered in time (reliable-mq.doctor.timeout)");
        } catch (ExecutionException e) {
            asked = null;
            return unknown("cannot be asked: " + e.getCause());
        }
    }

    private Answer<T> unknown(String why) {
        return new Unknown<>("the " + what + " " + why, "Look whether the " + what + " is there and can be reached");
    }
}
