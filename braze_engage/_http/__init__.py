"""How one call is made: transport, retry, throttle and the exchange loop. It knows no endpoint."""
