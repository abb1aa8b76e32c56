package io.reliablemq.rocketmq.remoting;

/** What was heard of a topic. */
record KnownTopic(TopicRoute route, AcceptedType type) {}
