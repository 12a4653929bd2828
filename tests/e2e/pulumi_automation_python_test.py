#!/usr/bin/env python3
"""A program of Pulumi's Automation API in Python that looks for drift in its own stack."""
import pulumi_automation
import support


class FromPython(pulumi_automation.Automation):
    pass


if __name__ == "__main__":
    support.main()
