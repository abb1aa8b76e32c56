package io.reliablemq.reliability.fault;

import io.reliablemq.faults.process.ChildJvm.FailedStart;
import java.util.List;

/** Is told what a process has not done in its time. Whether a fault excuses that is judged when all faults are known. */
public interface Witness {

    /**
     * It was asked to end and has not.
     *
     * @param place of the process, such as producer-1
     * @param process such as producer-1.2
     * @param asked when, milliseconds since the epoch
     */
    void lateStop(String place, String process, long asked);

    /**
     * They have ended before they were ready.
     *
     * @param place of all of them
     */
    void failedStarts(String place, List<FailedStart> failed);
}
