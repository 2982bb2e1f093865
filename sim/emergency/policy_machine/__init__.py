"""The compiled event loop with policies: docs/model_emergency_policies.md, float by float as in the reference.

``loop`` takes the ``events`` in turn; ``dispatch`` chooses units, ``trips`` sends them; ``hospitals`` has the bays;
``posts`` is where units without a call go, ``coverage`` what they are worth there; ``roads`` says where they are; ``records`` is
what all work on.
"""
