/** What {@code samples/two-applications/run} runs: it starts the applications, orders, kills, and counts. JDK only. */
package io.reliablemq.samples.shop.demo;
