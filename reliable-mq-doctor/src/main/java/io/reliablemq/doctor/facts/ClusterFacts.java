package io.reliablemq.doctor.facts;

import java.util.List;

/** What a RocketMQ cluster says about itself. */
public record ClusterFacts(List<BrokerFacts> brokers, List<TopicFacts> topics, List<GroupFacts> groups) {}
