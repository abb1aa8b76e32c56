/** Everything that a run starts: database, broker, proxies and applications. */
@NullMarked
package io.reliablemq.reliability.system;

import org.jspecify.annotations.NullMarked;
