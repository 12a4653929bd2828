#!/usr/bin/env python3
"""The same from Go, and what Go programs do besides: scans by many goroutines at once, and a context that an interrupt cancels."""
import json
import signal

import embedded_test
import support
from support import wait_for


class FromGo(embedded_test.Embedded):
    def test_goroutines_share_a_process(self):
        out, _ = self.run_it("many", env=self.token)
        reports = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(reports), 8)
        for report in reports:
            self.judge(report)
        self.assertEqual(len(self.calls("Configure")), 1)
        self.assertEqual(len(self.calls("Read")), 8 * 20)

    def test_an_interrupt_cancels_the_scan(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "hang"}, log=str(self.log))
        process = self.start("waits", env=self.token)
        wait_for("the read that hangs", 60, lambda: self.log.exists() and "Read fixture_plain r00003" in self.log.read_text())
        process.send_signal(signal.SIGINT)
        out, _ = self.finish(process, 0)
        self.assertEqual(json.loads(out), "interrupted")


if __name__ == "__main__":
    support.main()
