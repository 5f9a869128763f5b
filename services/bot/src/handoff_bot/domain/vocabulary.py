"""Words as data: all folded (lower case, no accents), abbreviations only on the left of `SHORT`."""

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pairs(pairs: str) -> dict[str, tuple[str, ...]]:
    """Read `short=long` pairs; `+` joins the words of a long form."""
    return {
        short: tuple(long.split("+"))
        for short, _, long in (pair.partition("=") for pair in pairs.split())
    }


SHORT: Final = _pairs(
    "2a=segunda 3a=terca 4a=quarta 5a=quinta 6a=sexta add=adicionar aki=aqui blz=beleza"
    " cel=celular dom=domingo dps=depois end=endereco gnt=gente hj=hoje hr=hora hrs=horas"
    " msg=mensagem mt=muito mto=muito n=nao nf=nota+fiscal niver=aniversario obg=obrigado oq=que"
    " pfv=favor pgto=pagamento pq=porque pra=para pro=para q=que qd=quando qdo=quando qm=quem"
    " qnt=quanto qto=quanto qtos=quantos s=sim sab=sabado seg=segunda tb=tambem tbm=tambem"
    " td=tudo tel=telefone vc=voce vcs=voces vlw=valeu whats=whatsapp zap=whatsapp"
)

STOP: Final = _set(
    "a ai ainda algum alguma ao aos aqui as ate bem com como da das de dela dele deles do dos e"
    " ela ele eles em entao era essa esse esta estao estar estou eu favor foi for gente gostaria"
    " ha hoje isso isto ja la lhe mais mas me mesmo meu meus minha muito na nao nas nem no nos"
    " nossa nosso num numa o onde os ou para pela pelo pode podem poderia por porque posso"
    " preciso qual quais qualquer quando quanto quantos que quem queria quero saber se sem ser"
    " seu seus sim so sobre sou sua suas ta tambem tao te tem tenho ter teria tinha tudo um uma"
    " umas uns vai vem voce voces vou oi ola opa bom boa dia tarde noite obrigado obrigada valeu"
    " tchau"
)
"""Words that say nothing of what a question is about; small talk among them."""

GREETINGS: Final = _set(
    "oi oie ola opa eai bom boa dia tarde noite tudo bem hi hello hey good morning afternoon"
    " evening hola buenos buenas dias tardes noches"
)
THANKS: Final = _set(
    "obrigado obrigada brigado brigada muito muita valeu beleza ok okay certo perfeito otimo"
    " legal entendi show thanks thank you very much great gracias muchas vale grato grata"
    " agradeco"
)
GOODBYES: Final = _set("tchau ate logo mais amanha bye goodbye adios chau hasta luego")

YES: Final = _set("sim quero claro pode ser isso ok favor por yes yeah please si vale")
NO: Final = _set("nao no nope precisa obrigado obrigada thanks gracias depois")

PERSON: Final = _set(
    "atendente atendentes humano humana pessoa alguem operador operadora agente asesor asesora"
    " persona alguien human agent person someone representative"
)
"""Words for a person. The router hears them first: here they mean that people gave it back."""

PORTUGUESE: Final = _set(
    "ola oi bom boa dia tarde noite voce voces nao sim obrigado obrigada quero queria tem"
    " tambem com uma um para onde qual quais hoje amanha fazem abrem aceita aceitam eu meu minha"
    " sao esta quanto quando como pode podem"
)
ENGLISH: Final = _set(
    "hi hello hey good morning afternoon evening the you your does is are what where when"
    " how much can could i my please thanks thank yes have want need of and for to open"
)
SPANISH: Final = _set(
    "hola buenos buenas dias tardes noches usted ustedes el los las que donde cuando cuanto"
    " cuesta tienen quiero gracias por y mi una un para hoy esta abren aceptan puedo si con"
    " hacen"
)
