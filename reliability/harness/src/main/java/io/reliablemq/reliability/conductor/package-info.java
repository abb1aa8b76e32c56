/** Runs a workload under faults and has its history judged. */
@NullMarked
package io.reliablemq.reliability.conductor;

import org.jspecify.annotations.NullMarked;
