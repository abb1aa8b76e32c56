package io.reliablemq.samples.shop.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What became of the orders.
 *
 * @param lost       promised or placed, and never shipped
 * @param duplicates shipped more than once
 * @param phantoms   shipped and never placed
 */
record Verdict(int placed, int shipped, int lost, int duplicates, int phantoms) {

    static Verdict of(Set<String> promised, List<String> placed, List<String> shipments) {
        Set<String> shipped = new HashSet<>(shipments);
        Set<String> due = new HashSet<>(promised);
        due.addAll(placed);
        Set<String> lost = new HashSet<>(due);
        lost.removeAll(shipped);
        Set<String> phantoms = new HashSet<>(shipped);
        placed.forEach(phantoms::remove);
        return new Verdict(
                placed.size(), shipments.size(), lost.size(), shipments.size() - shipped.size(), phantoms.size());
    }

    boolean isGood() {
        return placed > 0 && lost == 0 && duplicates == 0 && phantoms == 0;
    }

    @Override
    public String toString() {
        return "placed=%d shipped=%d lost=%d duplicates=%d phantoms=%d"
                .formatted(placed, shipped, lost, duplicates, phantoms);
    }
}
