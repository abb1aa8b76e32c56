package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.spi.LaneLayout;
import java.util.function.Supplier;

/** What this process writes by at the moment; it changes when an operator changes the number of lanes. */
interface CurrentLayout extends Supplier<LaneLayout> {}
