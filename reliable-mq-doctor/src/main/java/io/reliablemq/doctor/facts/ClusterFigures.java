package io.reliablemq.doctor.facts;

import java.util.List;

/** How a cluster does at the moment, in figures. Who does not answer is not in it. */
public record ClusterFigures(List<BrokerFigures> brokers, List<Backlog> backlogs) {

    /** Of a cluster in which nothing can be seen. */
    public static final ClusterFigures NONE = new ClusterFigures(List.of(), List.of());

    /**
     * One broker process. What it does not say is below zero.
     *
     * @param id 0 for a master
     * @param diskUsed share of the fullest of its disks
     * @param unflushed bytes that are written and not on the disk yet
     * @param sendWaitMs for how long the oldest message waits that it has received and not begun to store
     * @param replicaBehind bytes that the slowest of its connected replicas has not acknowledged
     */
    public record BrokerFigures(
            String name, long id, double diskUsed, long unflushed, long sendWaitMs, long replicaBehind) {}

    /** Who reads which topic. */
    public record Reader(String topic, String group) {}

    /**
     * How far a group is behind, at all brokers together.
     *
     * @param messages that the group has not been given, or has been and neither they nor earlier ones of their queue are acknowledged
     */
    public record Backlog(Reader reader, long messages) {}
}
