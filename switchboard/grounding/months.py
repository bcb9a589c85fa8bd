"""The names of the months in the common languages of Europe."""

from switchboard.spelling import fold

_NAMES = """
january jan januar janvier enero gennaio janeiro januari styczeń stycznia jänner ene genn
february feb februar février febrero febbraio fevereiro februari luty lutego fév févr febr fev
march mar märz mars marzo março maart marzec marca mrz
april apr avril abril aprile kwiecień kwietnia avr abr
may mai mayo maggio maio mei maj maja
june jun juni juin junio giugno junho czerwiec czerwca
july jul juli juillet julio luglio julho lipiec lipca juil
august aug août agosto augustus augusti sierpień sierpnia ago
september sep sept septembre septiembre settembre setembro wrzesień września
october oct oktober octobre octubre ottobre outubro październik października okt
november nov novembre noviembre novembro listopad listopada
december dec dezember décembre diciembre dicembre dezembro grudzień grudnia dez
"""
MONTHS = {
    fold(name): month for month, line in enumerate(_NAMES.split("\n")[1:-1], 1) for name in line.split()
}
"""1 to 12 by folded name."""
