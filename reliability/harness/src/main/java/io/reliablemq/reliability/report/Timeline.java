package io.reliablemq.reliability.report;

import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.History;

/** A run by seconds. */
final class Timeline {

    private final long begin;
    private final int[] committed;
    private final int[] effects;
    private final double[] lagSeconds;

    Timeline(History history) {
        begin = history.rows().values().stream().mapToLong(Row::at).min().orElse(history.end());
        int seconds = (int) ((history.end() - begin) / 1000) + 1;
        committed = new int[seconds];
        effects = new int[seconds];
        lagSeconds = new double[seconds];
        history.rows().values().forEach(row -> committed[second(row.at())]++);
        history.of(Effect.class).forEach(effect -> add(history, effect));
    }

    int seconds() {
        return committed.length;
    }

    /** 0 for what was before the begin. */
    double secondsFromBegin(long at) {
        return Math.max(0, (at - begin) / 1000.0);
    }

    int committed(int second) {
        return committed[second];
    }

    int effects(int second) {
        return effects[second];
    }

    /** How long the effect of that second which waited longest had waited since its commit. */
    double lagSeconds(int second) {
        return lagSeconds[second];
    }

    private void add(History history, Effect effect) {
        int second = second(effect.at());
        effects[second]++;
        Row row = history.rows().get(effect.message().id());
        if (row != null) {
            lagSeconds[second] = Math.max(lagSeconds[second], (effect.at() - row.at()) / 1000.0);
        }
    }

    private int second(long at) {
        return (int) Math.max(0, Math.min((at - begin) / 1000, committed.length - 1));
    }
}
