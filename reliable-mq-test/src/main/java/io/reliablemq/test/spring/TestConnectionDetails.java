package io.reliablemq.test.spring;

import io.reliablemq.autoconfigure.RocketMqConnectionDetails;

/** Where the broker of the tests is. The doctor, who would ask a name server for topics, does not know their names there. */
record TestConnectionDetails(String endpoints) implements RocketMqConnectionDetails {}
