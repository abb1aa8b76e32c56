package io.reliablemq.samples.orders;

/** As the README starts it: an H2 file, a broker with a replica. */
class OrderServiceIntegrationTests extends OrderServiceContract {}
