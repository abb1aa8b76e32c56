/** What {@code ./demo} runs: it starts the order service, orders, kills it, starts it again, and counts. JDK and H2 only. */
package io.reliablemq.samples.orders.demo;
