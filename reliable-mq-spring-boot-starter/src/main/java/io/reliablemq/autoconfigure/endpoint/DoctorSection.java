package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import java.util.List;

/** What the doctor found last. Does not look again: that may take its time-out. */
record DoctorSection(Doctor doctor) implements Section {

    record FindingsView(Finding.Status worst, String summary, String guarantees, List<Finding> findings) {}

    @Override
    public Object list(Given given) {
        given.only();
        return doctor.latest().map(DoctorSection::view).orElseGet(DoctorSection::notYet);
    }

    static FindingsView view(Findings found) {
        return new FindingsView(found.worst(), found.summary(), found.guarantees(), found.all());
    }

    private static FindingsView notYet() {
        return new FindingsView(Finding.Status.UNKNOWN, "not examined yet", "", List.of());
    }
}
