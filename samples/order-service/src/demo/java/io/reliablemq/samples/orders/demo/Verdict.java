package io.reliablemq.samples.orders.demo;

import java.util.stream.LongStream;

/** The last word of the demo. */
final class Verdict {

    private Verdict() {}

    /** Prints the table and the line that ends it; answers whether the promise was kept. */
    static boolean print(Load load, Books.Pending pending, long duplicates, Books.Audit audit) {
        long effects = LongStream.of(audit.reservations(), audit.notifications())
                .filter(number -> number != audit.committed())
                .findFirst()
                .orElse(audit.committed());
        System.out.println();
        row("orders that the client placed", load.answers());
        row("  answered with success, in the ledger", load.placed());
        row("  rolled back on purpose", load.rolledBack());
        row("  asked again, for want of an answer", load.askedAgain());
        row("outbox rows pending at the kill", pending.outboxRows());
        row("effects pending at the kill", pending.effects());
        row("orders committed", audit.committed());
        row("effects of group inventory", audit.reservations());
        row("effects of group notification", audit.notifications());
        row("pieces missing from or left in the stock", audit.missingStock());
        System.out.printf(
                "%norders=%d committed=%d effects=%d duplicates_suppressed=%d lost=%d phantom=%d%n",
                load.answers(), audit.committed(), effects, duplicates, audit.lost(), audit.phantom());
        return audit.committed() > 0
                && effects == audit.committed()
                && audit.lost() == 0
                && audit.phantom() == 0
                && audit.missingStock() == 0
                && duplicates >= 1;
    }

    private static void row(String name, long value) {
        System.out.printf("  %-42s %8d%n", name, value);
    }
}
