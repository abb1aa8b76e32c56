package io.reliablemq.doctor.facts;

import org.jspecify.annotations.Nullable;

/**
 * All that the rules judge.
 *
 * @param database null where the application has none
 */
public record Facts(
        ApplicationFacts application, @Nullable Answer<DatabaseFacts> database, Answer<ClusterFacts> cluster) {}
