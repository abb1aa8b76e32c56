package io.reliablemq.broker.embedded;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs steps side by side and waits for all of them; throws what one of them threw. */
final class Together {

    private Together() {}

    static void run(List<Runnable> steps) {
        CompletableFuture<?>[] running = steps.stream()
                .map(step ->
                        CompletableFuture.runAsync(step, task -> new Thread(task, "embedded-rocketmq-step").start()))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(running).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
