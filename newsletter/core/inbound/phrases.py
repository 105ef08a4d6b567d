"""The words by which people leave a list, and the words that only look so: data, one table a language.

A pattern is made of words; ``{name}`` stands for one of the language's ``PARTS``, ``[...]`` for what may be
left out, ``a|b`` inside round brackets for a choice, ``…`` and ``§`` for up to six words of BESIDE. Patterns are held to
text in lower case without punctuation, "e-post" written as "epost" (``unsubscribes.plain``).

    COMMANDS   the whole of a clause, courtesy apart
    SURE       commands that are so even in a mail that says more
    REQUESTS   what a clause says; what it says besides are words of BESIDE, or a reason (REASONS)
    STRONG     what makes a request clear enough that anything may stand before it but TURNS
    INNOCENT   what a mail that asks may also say, though it has a word of BLOCKERS
    DOUBTS     a clause with one of these tells of something else, or is no request
    BLOCKERS   a mail with one of these anywhere asks, denies, or is about something or somebody else
    LEAVING    wants to leave the association itself: the treasurer's matter, and never a mere unsubscribe
"""

COURTESY = (
    "hej", "hejsan", "hallå", "god", "morgon", "kväll", "afton", "eftermiddag", "förmiddag", "pls",
    "plz", "goddag", "tjena", "tack", "tackar", "snälla", "vänligen", "är", "du", "snäll", "vänlig",
    "och", "bästa", "alla", "ni", "på", "er", "hi", "hello", "there", "dear", "please", "thanks",
    "thank", "you", "kindly", "sir", "madam", "hei", "moi", "terve", "kiitos", "ystävällisesti", "hyvä",
    "päivää", "takk", "tusen", "vennligst", "kære", "kjære", "venligst", "mange", "forhånd",
    "forhånden", "förhand", "en", "så", "mycket", "nu", "ja", "ok", "okej", "mvh", "vh", "e", "tak", "thx", "ty", "xx", "plis", "grei", "sød",
    "snill", "kiltti", "kivasti", "cheers", "ciao", "farväl", "adjö", "klem", "kram", "kramar",
)  # fmt: skip

#: After one of these a word is a name.
GREETINGS = (
    "hej", "hejsan", "hallå", "tjena", "hi", "hello", "dear", "hei", "moi", "terve", "kære", "kjære",
    "bästa", "goddag",
)  # fmt: skip

#: From one of these on, who wrote it.
FAREWELLS = (
    "mvh", "vh", "hälsningar", "hälsning", "hälsar", "regards", "terveisin", "hilsen", "hilsener", "mh",
    "dbh", "vänligen",
)  # fmt: skip

PARTS = {
    "sv": {
        "me": "mig|mej|oss|undertecknad|mitt namn|min (epost|epostadress|mejl|mejladress|mail|mailadress|adress|address|e postadress)"
        "|denna (epostadress|mejladress|mailadress|adress|mejl|mail)|den här (epostadressen|mejladressen|mailadressen|adressen|mejlen|mailen)"
        "|min (gamla|privata) (epostadress|mejladress|mailadress|adress)|mig och min adress|\\S+@\\S+",
        "letters": "((nyhets|medlems|månads|vecko|region|info|informations|jul|höst|vår|sommar|vinter|mass|grupp|reklam|skräp)(brev|brevet|breven|utskick|utskicken|utskicket|mejl|mejlen|mail|mailen|post|posten)|nyhetsbrev|nyhetsbrevet|nyhetsbreven|utskick|utskicken|utskicket|utskicksregistret|mejl|mejlen|mail|mailen|mejlutskick|mailutskick"
        "|mejlutskicken|mailutskicken|brev|brevet|breven|epost|eposten|medlemsbrev|medlemsbrevet|medlemsbreven"
        "|månadsbrev|månadsbrevet|regionbrev|regionbrevet|information|informationen|info|meddelanden|meddelande|detta|det här|dessa|de här|dem"
        "|såna här (mejl|mail|brev|utskick)|\\w{3,}(brevet|bladet|nytt|posten)|sådana här|sånt här|sån här (mail|mejl|epost)|sådana (mejl|mail|brev|utskick)|prenumerationen)( från (er|eder|föreningen|förbundet|föreningens))?",
        "list": "((epost|mejl|mejlings|mail|mailing|mailings|utskicks|utsändnings|sänd|adress|mottagar|prenumerant|prenumerations|nyhetsbrevs|brev|distributions|kontakt)(listan|lista|listor|listorna)|listan|mejllistan|mejlinglistan|maillistan|epostlistan|utskickslistan|utsändningslistan|sändlistan|adresslistan|mottagarlistan|prenumerationslistan|prenumerantlistan"
        "|nyhetsbrevet|nyhetsbreven|utskicket|utskicken|utskick|mejlutskicken|medlemsbrevet|medlemsbreven|månadsbrevet|brevet|breven|registret|register|mejlen|mailen"
        "|sändlista|lista|listor|alla listor|maillista|mejllista|epostlista|utskickslista|mailinglistan|prenumerationen|nyhetsbrev|detta|det här)",
        "your": "(er|ert|era|eran|erat|den här|det här|denna|detta|dessa|de här|din|ditt|föreningens|alla|samtliga|alla era|de|den|det)",
        "more": "(fler|flera|mer|några|några fler|fler av|mera|några mer|alla|dessa|era|ert|era fler|sådana)",
        "want": "(vill|vill gärna|skulle vilja|önskar|vill härmed|vill alltså|vill nu|vill helst|ber att få|ber om att få|skulle gärna vilja|önskar härmed)",
        "fill": "((längre|mer|mera|heller|alls|ha|få|ta emot|motta|mottaga|fler|flera|några|några fler|era|ert|er|det här|de här|dessa|detta|sådana|den här"
        "|denna|alla|av|i framtiden|fortsättningsvis|helst|gärna|att|ni|skickar|skicka|jag|vi|därför|nu|härmed|alltså|numera|framöver|på|med) )*",
        "not": "(ej|int|ente|intte|inte|icke|inte längre|ej längre|inte heller|inte alls|absolut inte|verkligen inte)",
        "get": "(ha|få|ta emot|motta|mottaga|erhålla|läsa|ha mer av|få hem|stå med på|vara med på|vara kvar på|finnas på|finnas med på|stå kvar på|prenumerera på|prenumerera)",
        "remove": "(koppla bort|kopplar bort|släng ut|slänga ut|slänger ut|kasta ut|lyft av|ta av|ta ur|hjälpa|hjälp|få bort|tar bort|plockar bort|stryker|raderar|ta bort|tag bort|plocka bort|stryk|stryka|radera|avför|avföra|lyft bort|lyfta bort|plocka|ta|avlägsna)",
        "leave": "(avregistrera|avregistera|avregisterera|avanmäl|avanmäla|avprenumerera|avbeställ|avbeställa|avsluta|säg upp|säga upp|stoppa|stäng av|ställ in|avboka|avregistreras|avprenumereras)",
        "sub": "(prenumerationen|prenumeration|min prenumeration|mitt nyhetsbrev|nyhetsbrevet|nyhetsbreven|nyhetsbrev|utskicken|utskicket|utskick|mejlen|mailen|breven|brevet|mina utskick"
        "|medlemsbrevet|medlemsbreven|månadsbrevet|min epostprenumeration|mina prenumerationer|alla prenumerationer|alla utskick)",
    },
    "en": {
        "fill": "((want|wish|need|like|to|get|receive|receiving|have|any|more|these|your|the|this|interested|in|further|be|sent|longer|read) )*",
        "me": "me|us|my (email )?(adress|addres)|my (email|e mail|address|name|email address|mail)|this (email|address|email address)|\\S+@\\S+",
        "letters": "(letter|mailshot|mailshots|circular|circulars|bulletin|bulletins|update|(news|e)(letter|letters|mail|mails)|newsletter|newsletters|emails|email|mails|mail|messages|mailings|letters|these|this|it|them|any of these|updates|your stuff)",
        "list": "(mailshot|mailshots|circular|bulletin|updates|emails|circulation list|mailing|list|lists|mailing list|mailing lists|newsletter|newsletters|mailings|emails|distribution list|this|email list|database)",
        "want": "(want|wish|would like|d like|need|prefer|would prefer)",
    },
    "fi": {
        "fill": "((enää|vastaanottaa|saada|näitä|teidän|enempää|jatkossa|lukea|tilata|teiltä|mitään|tätä|yhtään|ottaa vastaan) )*",
        "me": "(mut|mun osoitteen|mun osoite|mun nimi|mun sähköposti|minut|minun|sähköpostini|osoitteeni|sähköpostiosoitteeni|nimeni|minun osoitteeni|minun sähköpostini|meidät|tämä osoite)",
        "list": "(lähetyksistä|lähetyslistalta|saajista|listalta|listaltanne|postituslistalta|postituslistaltanne|jakelulistalta|sähköpostilistalta|uutiskirjeeltä|uutiskirjelistalta|listoilta|rekisteristä|rekisteristänne|listoiltanne|jakelusta|postituksesta)",
        "letters": "((uutis|jäsen)?kirje\\w*|viest\\w+|tiedottei\\w+|(sähkö|roska|mainos)?posti\\w*|uutiskirjettä|uutiskirjeitä|uutiskirjeen|uutiskirje|viestejä|viestien|sähköposteja|sähköpostia|kirjeitä|postia|näitä|näitä viestejä|tätä|tiedotteita|tilaus|tilaukseni|tilauksen|uutiskirjeenne|uutiskirjeiden)",
    },
    "nb": {
        "fill": "((lenger|å|få|motta|ha|flere|mer|mine|disse|de|dere|deres|dette|jeg|vi|derfor|nå|herved|noen|gjerne|lese|på|abonnere) )*",
        "me": "(meg|oss|navnet mitt|adressen min|eposten min|epostadressen min|epostadressa mi|min epost|min epostadresse|min adresse|denne adressen|denne epostadressen)",
        "list": "(mottakerlisten|mottakerlista|utsendelsene|epostlista|listen|lista|liste|epostlisten|epostlista|mailinglisten|mailinglista|utsendelseslisten|utsendelsen|utsendelser|nyhetsbrevet|nyhetsbrev|nyhetsbrevene|adresselisten|distribusjonslisten|abonnementet|listene)",
        "letters": "(utsendelsene|(nyhets|medlems|måneds|info)(brev|brevet|brevene)|epostene|mailene|nyhetsbrev|nyhetsbrevet|nyhetsbrevene|eposter|epost|mailer|mail|meldinger|utsendelser|brev|dette|disse|abonnementet|abonnementet mitt|abonnement|mitt abonnement|utsendelsen)",
    },
    "da": {
        "fill": "((længere|mere|mer|at|få|modtage|have|flere|disse|de|jeres|dette|jeg|vi|derfor|nu|hermed|herefter|nogen|gerne|læse|bruge|det) )*",
        "me": "(mig|os|mit navn|min mail|min mailadresse|min emailadresse|min email|min adresse|denne adresse|denne mailadresse)",
        "list": "(udsendelsen|udsendelserne|modtagerlisten|listen|liste|maillisten|mailinglisten|mailingliste|nyhedsbrevet|nyhedsbrev|nyhedsbrevene|jeres liste|jeres mailingliste|jeres nyhedsbrev|udsendelserne|adresselisten|mailliste|abonnementet)",
        "letters": "((nyheds|medlems|måneds|info)(brev|breve|brevet|brevene)|nyhedsbrev|nyhedsbreve|nyhedsbrevet|mails|mail|emails|beskeder|breve|dette|disse|abonnementet|mit abonnement|abonnement|jeres nyhedsbrev|udsendelser)",
    },
}

#: Words that people misspell: one letter too few, too many, wrong or swapped makes no other word of them.
#: Other forms of the same word stand here so that none of them is taken for a slip.
SPELLED = (
    "avregistrera", "avregistrerar", "avregistrerad", "avregistrerat", "avregistreras",
    "avregistrerade", "avregistrering", "avregistreringen", "prenumerera", "prenumererar",
    "prenumererat", "prenumererade", "prenumeration", "prenumerationen", "prenumerationer",
    "nyhetsbrev", "nyhetsbrevet", "nyhetsbreven", "nyhetsbrevets", "avprenumerera", "avprenumererar",
    "unsubscribe", "unsubscribed", "unsubscribes", "unsubscribing", "newsletter", "newsletters",
    "subscription", "subscriptions", "uutiskirje", "uutiskirjeen", "uutiskirjettä", "uutiskirjeitä",
    "uutiskirjeet", "postituslistalta", "postituslistalle", "nyhetsbrevene", "abonnement",
    "abonnementet", "abonnementer", "nyhedsbrev", "nyhedsbrevet", "nyhedsbreve", "nyhedsbrevene",
)  # fmt: skip

#: Words that may stand beside a request, and in the gaps of its pattern, and change nothing of what it means.
#: No word of denial, condition or choice is here: "inte", "om", "utan", "bara", "if", "but", "vaan", "men".
BESIDE = {
    "sv": (
        "bara säga meddela informera se rubrik rubriken ämnesraden ämnet ovan tänkte kunde uppskatta uppskattar var gott jag vi mig mej oss min mitt mina vår vårt våra er ert era eran erat eder ni du dig de dem dom den det "
        "detta denna dessa här där dit hit en ett som så nu genast omgående omedelbart snarast snart direkt idag "
        "dag redan gärna helst därför alltså härmed också även dock längre mer mera fler flera några något inga "
        "inget alls heller vidare ytterligare fortsatta fortsatt fortsättningsvis fortsättningen framöver "
        "framtiden framtida i på av från ifrån ur till åt för att och eller samt med vill skulle vilja kan "
        "kunna får få ska skall önskar ber be bett behöver hjälpa hjälp vara är vore tacksam tack tackar snälla "
        "snäll söt rar vänlig vänligen vänligast vänliga god bra glad glada bäst genom via allt alla samtliga "
        "flera gånger gång fort tusen hemskt jättemycket hela helt bort borttagen adress adressen adresser "
        "mejladress mailadress epostadress reklam spam skräppost sådant sånt denne sida faktiskt ju väl nog "
        "ikväll morgon verkligen tacksamt tyvärr ledsen besväret omgång medlemsnummer nr utskicken dig min "
        "namn rader skit dumheter ert föreningens tid varit varje gå ha ta emot skickar sänder skicka sända undertecknad sig manuellt som mottagare prenumerant läsare elektroniska digitala elektroniskt per datorn mobilen telefonen fler gången bekräfta bekräfta gärna när det är gjort löpande mottagarna personligen intte e begär stöd dataskyddsförordningen gdpr enligt någon gång hit heller månad varje bladet del hejdå hälsning puss åt mejlkorgen inkorgen omedelbar verkan helst vidarebefordran tcak utan dröjsmål tillsvidare frågan mejladressen mailadressen lena av slag intresse kära styrelse slut härefter varför nåra bland mottagarna hushåll träningen jobbmejl månatliga ex"
    ),
    "en": (
        "just distribution mailing subscription i we me us my our you your the this that these those it them and or to from off of out on in at for by "
        "please pls plz kindly thanks thank now immediately today asap soon once right away straight any all more "
        "further future anymore longer also would could can will like want wish need get getting be being been so "
        "very much many grateful appreciate it email emails e-mail mail address account name sorry d ll ve m am "
        "as possible completely entirely permanently everything really send sending receive receiving crap spam recieve recieving recieved association association's s club society's society confirm writing us manually hand if when done me longer monthly weekly quarterly digest bulletin updates update should might form back from distribution list future immediate effect with again here there copy lot everyone group society club its each month week bye unsub taken allready already thx electronic receipt name of the distribution best wishes branch pleas monthly going forward ta newsleter intrested intrested"
    ),
    "fi": (
        "minä minut minun minulle me meille meidät meidän teidän teiltä te tämä tämän tätä nämä näitä näiden niiden se sen niitä "
        "nyt heti välittömästi jatkossa tulevaisuudessa enää enempää lisää kiitos kiitokset ystävällisesti "
        "kohteliaasti pyydän pyytäisin toivon haluan haluaisin haluamme voisitteko voitteko voisitko voisiko "
        "voiko että ja myös täten kokonaan pois saada vastaanottaa mitään sähköposti sähköpostini osoite "
        "osoitteeni nimeni tilaus tilauksen tilaukseni lähettää lähettämistä lähettäminen lähettämisen valitettavasti mun mut mua mulle käsin jos mahdollista yhdistyksen kohteliaimmin listoilta jakelusta osoitteeseen tähän uutiskirjeen uutiskirje meidän kuitenkaan ole hyvä jo puolestani kiitti veks käteen vastaanottaminen vastaanottamiseen allekirjoittaneelle tulon enää ystävällistä terveisin terv lähettely poikki saajista tilaamisen jonna pirkko"
    ),
    "nb": (
        "vennlig ønskes jeg vi meg oss min mitt mine vår vårt dere deres du de den det denne dette disse her som så nå straks "
        "omgående umiddelbart snarest gjerne helst derfor herved vennligst takk tusen lenger mer flere noen noe "
        "alle alt også fremover framover fremtiden i på av fra til for å og eller vil kan kunne må får få ha bli "
        "være vær snill snille ber ønsker skal skulle motta sende bort vekk ut ned hjelpe epost eposten "
        "adresse adressen epostadresse epostadressen navnet dessverre egentlig foreningen undertegnede herved med dette foreningens abonnementet utsendelsen utsendelsene mottakerlisten mottaker abonnent grei er eposten manuelt bekreft når det er gjort hit tilsendt heretter gang spare dessverre utsendinga utsendingen hei vedrørende gjelder personvern med en listen lista deres utsendelseslisten for nyhetsbrevet min sånne slike neste alle etter utsending"
    ),
    "da": (
        "jeg vi mig os min mit mine vores i jer jeres du de den det denne dette disse her som så nu straks "
        "omgående hurtigst gerne helst derfor hermed venligst tak tusind længere mere flere nogen noget alle alt "
        "også fremover fremtiden på af fra til for at og eller vil kan kunne må få have blive være vær sød søde "
        "rar venlig venlige beder ønsker skal skulle nok godt lige modtage sende væk ud ned hjælpe mail mailen "
        "adresse adressen mailadresse mailadressen navn desværre egentlig foreningen undertegnede foreningens pr dags dato udsendelsen udsendelserne modtager abonnent lige ikk manuelt bekræft bekræftes når det er gjort bedes venligst fremover anmode om at forsendelsesliste udgår udgå det drejer sig nu lade lad hej vedr undertegnede månedsbrev tilsendt over dem der får kh mvh hit yderligere tilsendelse knus hver måned"
    ),
}

#: What names a letter or its list beyond doubt, or a verb that can mean nothing else.
STRONG = {
    "sv": (
        "\\w*(nyhets|medlems|månads|vecko|info|informations|höst|vår|sommar|vinter|jul|region)(brev|brevet|breven|mejl|mejlen|mail|mailen|blad|bladet|utskick|utskicket|utskicken)"
        "|utskick|utskicket|utskicken|(mejl|mejlings|mail|mailing|epost|sänd|utskicks|prenumerations|prenumerant|distributions|mottagar)(listan|lista|listorna|registret)"
        "|prenumerationen|prenumeration|(era|ert|erat) (brev|mejl|mail|epost)|(avregistrera|avprenumerera|avanmäl|avanmäla|avregga) (mig|oss|mej)|avregistreras",
    ),
    "en": (
        "newsletter|newsletters|enews|bulletin|bulletins|digest|mailing list|email list|distribution list|circulation list|mailings|mailing|(your|these) (emails|mails)"
        "|unsubscribe (me|us)|my subscription",
    ),
    "fi": (
        "(uutis|jäsen|kuukausi)kirje\\w*|(postitus|sähköposti|jakelu|uutiskirje)list\\w*|jakelusta\\w*|postituksesta\\w*|uutiskirjetilau\\w*",
    ),
    "nb": (
        "(nyhets|medlems|måneds)brev\\w*|(epost|mailing|mottaker|utsendelses|distribusjons)list\\w*|utsendels\\w*|abonnement\\w*|avmeld (meg|oss)|meld (meg|oss) av",
    ),
    "da": (
        "(nyheds|medlems|måneds)brev\\w*|(mail|mailing|modtager|udsendelses|distributions)list\\w*|udsendels\\w*|abonnement\\w*|afmeld (mig|os)|frameld (mig|os)",
    ),
}

#: Before a strong request anything may be said but these, which turn it: denials, conditions, other people, reports.
TURNS = {
    "sv": "aldrig inte ej icke om ifall utan när innan förrän tills varför hon han hen de dem någon några andra många sa sade säger sagt skrev trodde tror undrar vet tänkte nästan kanske annars låtsas heter står ordet såvida behöver måste slipper",
    "en": "did do does never not no don t dont won t if unless until when why he she they someone others people said says told thought think wonder maybe might almost nearly otherwise called word would whether without",
    "fi": "älä älkää ei en emme eikä jos ellei kun ennen miksi hän he joku muut sanoi luulin mietin ehkä melkein muuten",
    "nb": "aldri ikke om hvis dersom uten når før hvorfor hun han de noen andre sa sier trodde lurer kanskje nesten ellers må",
    "da": "aldrig ikke om hvis uden når før hvorfor hun han de nogen andre sagde siger troede måske næsten ellers må",
}

#: Words that together make a request of a clause in which no word is unknown, in whatever order they stand:
#: one of ``off`` with ``me`` or ``news``, or one of ``stop`` with ``send`` or ``news``. They are orders and
#: infinitives: what somebody does or did ("ni tog bort mig", "ni skickar inga brev") is no request.
TOGETHER = {
    "sv": {
        "off": "(ta|tag|plocka|lyft|lyfta) bort|bort|stryk|stryka|radera|avföra|avför|avlägsna|avregistrera|avregistreras|avanmäl"
        "|avanmäla|avprenumerera|avbeställ|avbeställa|avsluta|avslutas|säg upp|säga upp|avsäga|slippa|slipp|slipper|{gone}"
        "|undanbedes|undanber|avböjer|gå ur|hoppa av|koppla bort|koppla från",
        "stop": "sluta|stoppa|avbryt|avbryta|upphör|upphöra",
        "send": "skicka|skickar|sända|sänder|mejla|mejlar|maila|mailar|spamma",
        "me": "mig|mej|oss|undertecknad|(min|mitt) (epost|epostadress|mejl|mejladress|mail|mailadress|adress|namn)|\\S+@\\S+",
        "news": "(nyhetsbrev|nyhetsbrevet|nyhetsbreven|prenumeration|prenumerationen|prenumerationer|utskick|utskicken|utskicket|medlemsbrevet|månadsbrevet)",
    },
    "en": {
        "off": "unsubscribe|remove|delete|cancel|discontinue|end|terminate|drop|strike|opt (me )?out|take (\\S+ ){1,3}(off|out|from)",
        "stop": "stop|quit|cease|discontinue",
        "send": "sending|emailing|mailing|spamming|receiving|getting|mails|emails|messages",
        "me": "me|us|my (email|mail|address|name|email address)|\\S+@\\S+",
        "news": "newsletter|newsletters|subscription|subscriptions|mailings|mailing list",
    },
    "fi": {
        "off": "poista|poistakaa|poistattehan|poistaa|poistamaan|ottakaa|peruuta|peruuttaa|peruuttakaa|peruutan|peru|perua|perukaa|perun|lopeta|lopettaa|lopettakaa|lopetan|irtisanon|pois",
        "stop": "lopettakaa|lopeta|lopettaa|lopettamaan",
        "send": "lähettäminen|lähettämisen|lähettämistä|viestit|viestien",
        "me": "minut|meidät|sähköpostini|osoitteeni|sähköpostiosoitteeni|nimeni|\\S+@\\S+",
        "news": "uutiskirje|uutiskirjeen|uutiskirjeenne|uutiskirjeet|tilaus|tilauksen|tilaukseni|postituslistalta|jakelulistalta",
    },
    "nb": {
        "off": "(meld|melde) (meg|oss) av|avmeld|avmelde|avmeldes|slett|slette|fjern|fjerne|stryk|stryke|(ta|tatt) (meg |oss )?(av|bort|vekk|ut)|avslutt|avslutte|avbestill|avbestille|si opp|kanseller|kansellere|slippe|strøket|fjernet|slettet",
        "stop": "slutt|stopp|stoppe|slutte",
        "send": "sende|send|maile|skrive|mailer|eposter",
        "me": "meg|oss|(adressen|eposten|epostadressen|navnet) (min|mitt)|min (epost|epostadresse|adresse)|\\S+@\\S+",
        "news": "nyhetsbrev|nyhetsbrevet|nyhetsbrevene|abonnement|abonnementet|utsendelsen|utsendelsene|utsendelser",
    },
    "da": {
        "off": "afmeld|afmelde|afmeldes|frameld|framelde|slet|slette|fjern|fjerne|stryg|stryge|(tag|tage|taget) (mig |os )?(af|væk|ud)|afslut|afslutte|afbestil|afbestille|opsig|opsige|annuller|annullere|undgå|slippe|slettet|fjernet|strøget|afmeldt|frameldt",
        "stop": "stop|stoppe|hold op|ophør|ophøre",
        "send": "sende|send|maile|skrive|mails",
        "me": "mig|os|min (mail|email|mailadresse|emailadresse|adresse)|mit navn|\\S+@\\S+",
        "news": "nyhedsbrev|nyhedsbrevet|nyhedsbreve|nyhedsbrevene|abonnement|abonnementet|udsendelsen|udsendelser|udsendelserne",
    },
}

#: From one of these on, a clause tells why: it may say whatever it likes.
REASONS = {
    "sv": (
        "så (är|blir) (vi|jag)|så slipper (jag|vi|ni)|(jag|vi) (orkar|hinner|läser|får (alldeles|för|så)|är (inte|ej|för|gammal|sjuk)|kan inte|ser så dåligt)|eftersom|emedan|ty|då (jag|vi|min|det|de)|för (jag|vi|det är|de är) |nu när|sedan (jag|vi)|på grund av|pga",
    ),
    "en": (
        "because|since (i|we)|as (i|we|it)|now that|due to",
        "or (i|we|else)|so (there s|that|i|we)|i (just|m|am|don t|can t|cannot|never|rarely|hardly|get|have|moved|ve)",
    ),
    "fi": ("koska|sillä|kun",),
    "nb": ("fordi|siden (jeg|vi)|ettersom|da (jeg|vi)|nå som",),
    "da": ("fordi|siden (jeg|vi)|eftersom|da (jeg|vi)|nu hvor",),
}

COMMANDS = {
    "sv": (
        "(tag|ta) bort|avregga [mig]",
        "[jag|vi] [{want}] {leave} [{me}] [{your}] [{sub}]",
        "{leave} [{me}] [från|ur] [{your}] [{list}]",
        "avregistreras|(avregistrering|avanmälan|avanmälning|avslut|avsluta|avbeställning|uppsägning) [av|från|ur] [{your}|min] [{sub}|{list}]",
        "(sluta|upphör) [upp|genast|nu] med {your} {letters}|stop|stopp|sluta|avbryt prenumerationen|avsluta prenumeration|bort från listan|bort med mig",
        "(nej tack|inga fler|inget mer|inga) [av] {your} {letters}",
        "(inga|inget) (fler|mer) {letters} [till mig]",
        "ej [fler] {letters}",
        "inget nyhetsbrev [längre]|nyhetsbrev nej|nej till {letters}",
        "[{want}] (gå ur|lämna|ut ur) {your} {list}",
        "(bort|ut) [mig] (från|ur) {list}",
        "[jag|vi] vill (ej|inte) ha [mer|mera|längre|det här|detta|fler]",
        "bort [med] [mig|mej]",
        "avreg|avregga|unsubscribe|avsluta allt",
        "(uppsägning|avslut|avanmälan|avregistrering|avbeställning|borttagning) av [{your}] (nyhetsbrev|nyhetsbrevet|utskick|utskicken|prenumeration)",
        "undanbedes [vänligen] [i fortsättningen|framöver|hädanefter]",
        "(avmäl|avmälan|avanmälan|avregistrering|uppsägning|samtycke återkallas)",
        "(slut|stopp) (på|för) [{your}] {letters}",
        "av med mig",
        "(ej|inte) intresserad [ta bort]|ta bort|(inga|inget) (fler|mer) {letters}",
    ),
    "en": (
        "unsubscribe|unsubcribe|unsuscribe|unsubscribe [{me}] [from] [this|the|your|all] [{list}]|opt out|optout|opt me out|remove|cancel|stop",
        "(remove|take) {me} [off|from] [this|the|your|all] [{list}]",
        "cancel [my|the|this] (subscription|newsletter)",
        "no more {letters}",
        "stop [sending] [{me}] [these|your|the] [{letters}]",
        "not interested|(do not|dont|don t) send [me] [this|these|it|any] [again|any more|anymore]",
        "(end|stop) [my] (copy|newsletter|mailing|mailings)",
        "no more of (these|this|it|them)|not interested remove|unsub [me]|remove not interested|end it",
        "(not interested|not intrested) …|(opting out|opt out) [of] [the] [{letters}]|as above",
    ),
    "fi": (
        "peruuta|peru|peruutus|peruuta tilaus|peru tilaus|peruuta uutiskirje|peru uutiskirje|lopeta|lopetus|lopettakaa|poista|pois listalta|ei enää {letters}|stop",
        "{letters} [tilauksen] (peruutus|lopetus|irtisanominen)|tilauksen (peruutus|lopetus)",
        "(poista|poistakaa|ottakaa|ota) {me} [pois] [{list}]",
        "(peruuta|peru|peruuttakaa|perukaa|lopeta|lopettakaa) [minun] {letters}",
        "(ottakaa|ota|poistakaa|poista) [mut|minut] pois|pois|peruutus kiitos",
        "(uutiskirjeen|kirjeen|jäsenkirjeen) (peruutus|lopetus|lopettaminen|irtisanominen)|ei kiitos [enää|enempää] {letters}",
        "tilaus poikki|(lopettakaa|lopeta) (lähettely|tämä)|(uutiskirjeen|kirjeen|jäsenkirjeen) (peruutus|lopetus)",
    ),
    "nb": (
        "avmeld|(avmelding|avbestilling|oppsigelse) [av|fra] [{letters}]|meld meg av|avslutt|stopp|stop|slett meg|avbestill|avbestilling|avslutt abonnement|avslutt abonnementet|fjern meg",
        "(avmeld|avslutt|avbestill|stopp|si opp) [{me}] [{letters}]",
        "(ingen|ikke) (flere|mer) {letters} [takk]",
        "(avmelding|oppsigelse|avbestilling) [nyhetsbrev|nyhetsbrevet|månedsbrevet]",
    ),
    "da": (
        "afmeld|(afmelding|framelding|afbestilling|opsigelse) [af|fra] [{letters}]|afmeld mig|frameld|framelding|afslut|stop|slet mig|slet min mail|afbestil|opsig abonnement|opsig abonnementet",
        "(afmeld|frameld|afslut|afbestil|opsig|stop) [{me}] [{letters}]",
        "(ingen|ikke) flere {letters} [tak]",
        "(afmelding|framelding|opsigelse) [af] [nyhedsbrev|nyhedsbrevet|månedsbrevet]",
    ),
}

SURE = {
    "sv": ("(avregistrera|avprenumerera|avregga|avreg) [mig|oss]|avregistreras",),
    "en": ("(unsubscribe|opt out) [me|us]",),
    "fi": ("(peruuta|peru|lopeta) tilaus",),
    "nb": ("avmeld [meg]|meld meg av",),
    "da": ("(afmeld|frameld) [mig]",),
}

REQUESTS = {
    "sv": (
        "(vill|önskar|behöver|orkar|begär|ids|ska|tänker|hinner|skulle vilja) {fill}(inte|ej|int|icke|slippa) {fill}{letters}",
        "(vill|ville|önskar|begär) {fill}(slippa|sluta få|bli av med) {fill}{letters}",
        "{letters} (vill|önskar|behöver) (jag|vi) (inte|ej|slippa)",
        "(begär|vill|önskar|ber) [jag|vi] [om] att ni (slutar|upphör) [att|med att] (skicka|skickar|mejla|maila|sända) …",
        "(behöver|ska|får) (inte|ej) (skicka|sända|mejla) …",
        "(avsäga|avsäger) (jag|vi|mig|oss) [mig|oss|härmed] [{your}] {letters}",
        "(tar|tag|ta|plocka|stryk) [ni|du] {me} (av|från|ur|bort från|bort ur) [{your}] {list}",
        "(avregga|avreggar|avreg|avanmäler|avregistrerar) {me}",
        "[jag|vi] (vill|önskar) {not} [längre] (stå|vara|finnas|ligga) (med|kvar) (på|i) [{your}] …",
        "undanber [jag] [mig|oss] [härmed] [vänligen] [alla] [{more}|fortsatta|vidare|ytterligare] {letters}",
        "(undanbedes|undanber|avböjer|avstår) [jag] [från] [härmed] [vänligen] [{more}|fortsatta|vidare|ytterligare] {letters}",
        "se till att (jag|vi) (inte|ej|slipper) [längre] [får] [{more}|dem|dessa|era]",
        "(tacka|tackar|säga|säger) [jag|vi] nej till [{more}|fortsatta|vidare|ytterligare|fler] [{your}] {letters}",
        "bort med (mig|oss|min adress) från {list}",
        "{sub} (önskas|ska|skall|bör|får) [bli] (avslutad|uppsagd|avslutat|uppsagt|stoppad|avbeställd|avbeställt|borttagen)",
        "nej tack (inga|inget) (mer|fler|mera|flera) {letters}",
        "(har|har jag) (inte|ej|ingen|inget) [längre] [någon|något] (behov|användning|nytta|glädje|intresse) av [{your}] {letters}",
        "(uppskattar|uppskatta|uppskattas|tacksam|tacksamma|glad|glada|snällt|fint|bra) (om|ifall) (ni|du) (tar|tog|kan ta|kunde ta|vill ta|ville ta|plockar|plockade|skulle ta) bort {me}",
        "(uppskattar|uppskatta|uppskattas|tacksam|tacksamma|glad|glada|snällt|fint|bra) (om|ifall) (ni|du) (slutar|slutade|kan sluta|kunde sluta) (skicka|sända|mejla|maila)",
        "(blir|vore|är) [jag|vi] [mycket|väldigt] (glad|glada|tacksam|tacksamma) (om|ifall) (jag|vi) (slipper|slapp|får slippa|kunde slippa) [{more}] [{your}] {letters}",
        "(blir|vore|är) [jag|vi] [mycket|väldigt] (glad|glada|tacksam|tacksamma) (om|ifall) (ni|du) (tar bort|tog bort|plockar bort|stryker|avregistrerar|kan ta bort|kunde ta bort|vill ta bort) {me}",
        "bli av med {letters} (vill|önskar) (jag|vi)",
        "(inte|ej) [längre] intresserad av [att] [få] {more} [{your}] {letters}",
        "(begär|ber|önskar|vill) [jag|vi] [om] [att] [få] bli {gone}",
        "{letters} (behövs|behöver jag|läser jag|önskas) (inte|ej) [längre] [så|och] (avsluta|säg upp|ta bort|stryk|sluta)",
        "{sub} (kan|får|ska|bör|skall) [gärna|nu|därför|härmed|alltså|väl] (avslutas|upphöra|stoppas|sägas upp|avbeställas|sluta)",
        "(kan|får|kunde|skulle) (jag|vi) [snälla|vänligen] [få|kunna] (bli|blir) {gone}",
        "(kan|får|kunde|skulle) (jag|vi) [snälla|vänligen] [få|kunna] (slippa|komma bort från|komma av) [{more}] [{your}] ({letters}|{list})",
        "(skicka|sänd|mejla|maila) [mig] (inte|inget|ingenting|inga) [mer|mera|fler] [till mig|till oss|mig]",
        "(skickar|sänder|mejlar) ni mig (inget|inga|inte) (mer|fler) [{letters}]",
        "{remove} (adressen|mejladressen|mailadressen|epostadressen) (från|ur) [{your}] {list}",
        "[jag|vi] (hoppas|räknar med|förväntar mig|kräver|vill) att (ni|du) (tar bort|stryker|raderar|avregistrerar|avslutar|avbeställer) ({me}|(min|mitt|vår) {sub})",
        "(meddelar|meddela) [härmed] att (jag|vi) {want} (avsluta|säga upp|slippa|avregistrera mig från) …",
        "(tar|plockar|stryker) (du|ni) [snällt] [bort] {me} [bort] (från|ur) §{list}",
        "(ni|du) (kan|får|må) [gärna|väl|därför|alltså|nu] (ta bort|plocka bort|stryka|radera|avregistrera|avanmäla) {me}",
        "(får|kan|bör|ska) [ni|du] [gärna] sluta (skicka|mejla|maila|sända)",
        "[jag|vi] (behöver|ska) (inte|ej) [längre] (ha|få|ta emot) [{more}] [{your}] {letters}",
        "(stryk|avregistrera|avanmäl|avprenumerera) [gärna|genast|nu|omgående|bara|då] {me}",
        "(avsluta|avbeställ|säg upp|stoppa|avbryt|avregistrera|avanmäl|stäng av) [gärna|genast|nu|omgående|bara|då|därför|härmed] [{your}|min|mitt|mina|vår] [epost|mejl] {sub}",
        "(slippa|slipper) [helst|gärna] [{more}] [{your}] {letters}",
        "[jag|vi] (vill|önskar|skulle vilja) [gärna|nu|helst|därför|alltså|härmed|också] (inte|ej|slippa) [längre|mer] (ha|få|ta emot) [{your}|{more}] {letters} (mer|mera|längre)",
        "{leave} {me} [omgående|genast|snarast|nu|härmed|gärna|också] (från|ur|på|för) [{your}] {list}",
        "{leave} {me} (från|ur) … {list}",
        "{leave} {me}",
        "[jag|vi] {want} {leave} {me}",
        "[jag|vi] {want} {leave} [{your}] {sub}",
        "[jag|vi] {want} bli {gone}",
        "{leave} [härmed] (min|mina|mitt|vår|våra|vårt) {sub}",
        "[jag|vi] (avslutar|avregistrerar|avbeställer|avanmäler|avprenumererar|säger upp|säger [härmed|nu] upp) [härmed|nu] [{me}] [{your}|min|mitt|mina] [från|ur] [{list}|{sub}]",
        "(härmed|nu) (avslutar|avregistrerar|avbeställer|avanmäler|avprenumererar|säger) (jag|vi) [upp] [{me}] [{your}|min|mitt|mina] [från|ur] [{list}|{sub}]",
        "{remove} [gärna|nu|genast|omgående|då|också|även] {me} [bort] (från|ur|på|i) [{your}] {list}",
        "{remove} [gärna|nu|genast|omgående|då|också|även] {me} [bort] (från|ur) … {list}",
        "(ta|tag|tar) [ni|du] [gärna] bort {me}",
        "(ta|tag) [gärna] {me} bort",
        "[jag|vi] {want} {not} [längre] {get} [{more}] [av] [{your}] … {letters}",
        "[jag|vi] {want} {not} [längre] {get} [{more}] [{your}] {letters}",
        "[jag|vi] {want} {not} [längre] prenumerera",
        "[jag|vi] (vill|önskar) {not} [längre] (ha|få) [{more}] (mejl|mail|brev|utskick|epost) från er",
        "[jag|vi] {want} (slippa|sluta få|slippa få|sluta prenumerera|sluta ha) [{more}] [på] [{your}] [{letters}|mejl|mail]",
        "(får|får jag|kan|skulle) (jag|vi) (be om att|be att få) (slippa|bli {gone}) [{your}] [{letters}]",
        "(sluta|upphör) [omedelbart|genast|nu|snarast] [med] [att] (skicka|sända|mejla|maila|spamma) [in|ut] [mer] (reklam|skräp|skräppost|spam|sådant|mig|oss|till mig|till oss)",
        "(sluta|upphör) [att|genast] (skicka|sända|mejla|maila|skriva) [{me}] [{more}] [{your}] [{letters}|mejl|mail]",
        "(skicka|sänd) (inte|ej|inga) [längre] [{me}] [{more}] [{your}] {letters}",
        "(skicka|sänd) (inte|ej|inga) [längre] [{more}] [{your}] {letters}",
        "(inga|inget) (fler|flera|mer|mera) {letters} [till mig|tack]",
        "[jag|vi] {want} (avregistreras|avprenumereras|strykas|tas bort|bli struken|bli borttagen|bli avregistrerad|bli avförd|gå ur|komma bort|komma av)",
        "[jag|vi] {want} (lämna|gå ur|gå av) [{your}] {list}",
        "(tack|nej tack) {not} [fler] {letters}",
        "(nej tack|tack nej) till [{more}|fler] [{your}] {letters}",
        "[jag|vi] {want} {not} (stå|vara|finnas|finnas kvar|stå kvar|vara kvar|vara med|stå med|ligga kvar) (med på|kvar på|på|i) [{your}] {list}",
        "[jag|vi] {want} {not} (ha|få) (det|detta|dem|dessa|dom|dessa brev|det här) [längre|mer]",
        "[jag|vi] {want} få {me} {gone}",
        "(kan|skulle|kunde|vill) (ni|du) [kunna] [vara snäll och|vara snälla och|vänligen] (ta bort|avregistrera|stryka|plocka bort|radera|avanmäla|avsluta|säga upp|avprenumerera|sluta skicka|stoppa|ta) [{me}|min|mitt|mina|dessa|de här|era] [bort] [från|ur] [{your}] [{list}|{sub}|{letters}]",
        "(jag|vi) (är|har) [inte|ej] [längre] … (så|och) (ta bort|stryk|avregistrera|avsluta|avanmäl) {me}",
        "(jag|vi) (behöver|orkar|hinner) (inte|ej) [längre] (ha|få|ta emot|med|läsa) [{more}] [{your}] {letters} … (ta bort|stryk|avregistrera|avsluta|sluta)",
        "(önskar|begär) [härmed] (avregistrering|avanmälan|uppsägning|avslut)",
        "ber [jag|härmed] (om|er om|er) (avregistrering|avregistrera mig|att bli avregistrerad|att ta bort mig)",
        "(mig|min adress|min mejladress|min mailadress|min epostadress) (kan|får) (ni|du) (ta bort|stryka|radera|avregistrera)",
        "(stryk|radera|ta bort) (min|mina|mitt) (adress|mejl|mail|epost|epostadress|mejladress|mailadress|namn|uppgifter) (från|ur|på|i) … {list}",
        "(önskar|vill|ber) [härmed] (undertecknad|jag) [härmed] (avsäga|avregistrera|undanbe|avsluta|avbeställa) [sig|mig] …",
        "[att] {me} (raderas|tas bort|stryks|avregistreras|avförs|plockas bort) (från|ur) [{your}] {list}",
        "(ta|tar|tog|plocka|plockar|stryk|stryker) [ni|du] [gärna] [bort] mig som (prenumerant|mottagare|läsare)",
        "(hoppar|hoppa|kliver|kliva|går|gå) [jag|vi] av [{your}] (nyhetsbrevet|nyhetsbreven|utskicket|utskicken|medlemsbrevet|sändlistan|maillistan|mejllistan)",
        "att (jag|vi) {not} [längre] (önskar|vill ha|vill få|behöver|orkar läsa|orkar med) …{letters}",
        "{not} [längre] (önskar|vill) [ha|få] [{your}] (nyhetsbrevet|nyhetsbrev|medlemsbrevet|utskicken|utskick) [vidare|mer|längre]",
        "(ta|tag|plocka|lyft) (mig|mej|oss) (av|från|ur) [{your}] {list}",
        "(återkallar|återtar|drar tillbaka) [jag|härmed] mitt samtycke till [att] [få|ta emot|motta] [{your}] {letters}",
        "(nöjer|nöjd) (mig|oss) utan [{your}] (nyhetsbrev|nyhetsbrevet|utskick|utskicken)",
        "(klarar|reder) (mig|oss) utan [{your}] (nyhetsbrev|nyhetsbrevet|utskick|utskicken|medlemsbrevet)",
        "(jag|vi) avstår [gärna|hellre|nu|från] [från] [{your}] {letters} [i fortsättningen|framöver|hädanefter]",
        "(skippar|struntar i|väljer bort) [jag|vi] [{your}] (nyhetsbrevet|nyhetsbreven|utskicken) (framöver|hädanefter|i fortsättningen)",
        "(kan|får|skulle|kunde) (jag|vi) [kunna] (få|bli) (bort|borttagen|struken|strykt|avregistrerad|avanmäld|slippa) [från|ur] §({list}|{letters})",
        "(säg|sätt|sätta|sätter) [ni|du] stopp för [{your}] {letters} [till (mig|oss)]",
        "(avböja|avböjer|avstå|avstår) [jag] [från] [{more}|vidare|fortsatta|ytterligare|framtida] [{your}] {letters}",
        "{me} (kan|får|ska|bör|må) (ni|du)? ?[gärna|därför|nu] (ta bort|stryka|avregistrera|plocka bort|radera|avföra|avanmäla) [från|ur] [{your}] [{list}]",
        "(lika bra|bäst|bra|enklast|fint|bra för mig|skönt) (att|om) (ni|du) (tar bort|stryker|avregistrerar|plockar bort|raderar) {me}",
        "[jag|vi] (avslutar|avregistrerar|avbeställer|avanmäler|avprenumererar) (härmed|nu|därför|alltså|också) [{me}] [{your}|min|mitt|mina] [från|ur] [{list}|{sub}]",
        "(nog|räcker|räcker det|räcker nu) [nu] med [{your}] {letters} [för (min del|mig|oss|vår del)]",
        "{letters} (behöver|ska|får) (ni|du) (inte|ej) [längre] (skicka|sända|mejla) [längre|mer] …",
        "(kan|får|ska) (ni|du) (låta bli|låt bli) att (skicka|mejla|sända) …",
        "(låt|låta|kan låta) [bli] att (skicka|mejla|sända) [mig] [{your}] {letters}",
        "låt mig slippa [{your}] {letters}",
        "(få vara|vara|vara helt) utan [{your}] {letters} [framöver|i fortsättningen|hädanefter|från och med nu]",
        "{letters} (avstår|undanber|avböjer) (jag|vi) [mig|oss] [från|helst]",
        "{letters} (vill|önskar|behöver) (jag|vi) (inte|ej) [längre] (ha|få|ta emot)",
        "(inte|ej) [längre] intresserad [längre] av [att] [få|läsa|ta emot] [{your}] {letters}",
        "{me} (får|kan) [gärna] (försvinna|utgå|strykas|raderas|tas bort) (från|ur|bland) …",
        "[{want}] (gå ur|komma av|komma bort från|bort från|gå av) [{your}] (mejllistan|maillistan|sändlistan|utskickslistan|epostlistan|nyhetsbrevslistan|mailinglistan)",
        "(återkallar|återtar|drar tillbaka) [jag] [härmed] mitt samtycke (till|för) …",
        "(kan|kunde|skulle) (ni|du) [kunna] (sluta|upphöra) [med] [att] (mejla|maila|skicka|sända) [{me}] [{your}] [{letters}]",
        "(skicka|mejla|sänd) (det|den|dem|dom) inte [mer|längre] [hit|till mig|till oss]",
        "(hjälp|hjälpa|kan du hjälpa) {me} (av|bort från|ur) [{your}] {list}",
        "(avsluta|stäng av|säg upp) (det|den|allt) [helt] (för|åt) (mig|oss|min del)",
        "(inte|ej) längre något intresse av [att] [få] [{your}] {letters}",
        "(har|hade) [jag|vi] (inte|inget|ingen) [längre] [något] (intresse|behov|glädje|nytta) (av|för) [att] [få|läsa] [{your}] {letters}",
        "(avregistrera|radera|ta bort|stryka|stryk|avsluta) (mejladressen|mailadressen|adressen|epostadressen) \\S+@\\S+ (från|ur) [{your}] {list}",
        "slut på [{your}] {letters} [till mig|för min del|för mig]",
        "av med (mig|mej|oss) från [{your}] {list}",
        "(be|ber|vill be) [jag] (er|dig) [om] [att] inte skicka [mig] [{more}] [{your}] {letters}",
        "(upphör|sluta) med [{your}] {letters}",
        "bli (borttagen|struken|avförd|avregistrerad) (från|ur|bland) (mottagarna|mottagarlistan|mottagarregistret) [av|för] …",
        "(kunde|kan|får) (få|jag få)? ?vara utan [{your}] {letters}",
        "{letters} behöver [inte|ej] (komma|skickas) [hit|till mig] …",
        "{want} (inte|ej) [längre|vidare|mer] {get} [{more}] [av] [{your}] … {letters}",
        "(önskar|vill) (ej|inte) [vidare|längre] (erhålla|få|ta emot|motta) [{your}] {letters}",
        "{letters} (kan|får|bör|ska) (ni|du) [gärna] sluta med",
        "(ni|du)? ?(kan|får)? ?(lyfta|lyft|plocka|ta|stryka) ut {me}",
        "(radera|ta bort|stryk|plocka bort) {me} (ur|från) [{your}] (sändregister|sändregistret|utskicksregister|utskicksregistret|adressregister|adressregistret|prenumerantregister) …",
        "{want} (inte|ej) [längre] (stå|vara|finnas) (med|kvar) bland (mottagarna|prenumeranterna)",
        "(tacksam|tacksamma|glad|glada|snällt|bra|fint) (om|ifall) (ni|du) (avslutar|avslutade|stoppar|slutar med|upphör med|avbryter) [{your}] {letters} …",
        "(skicka|sänd|mejla) (inget|inga|inte) (mer|fler|mera|flera) [{your}] {letters}",
        "bli (bortplockad|utstruken|raderad|avplockad) (från|ur) …",
    ),
    "en": (
        "(not|dont|don t|no longer|never) {fill}{letters}",
        "(pls|plz|please|kindly) (unsubscribe|unsuscribe|unsubscibe|unsubcribe) …|(pls|plz|please|kindly) (remove|delete|take) {me}",
        "(remove|unsubscribe|unsuscribe) me",
        "(cease|discontinue|quit) [the] (sending|mailing|emailing)",
        "(remove|delete|unsubscribe|drop) {me} [immediately|now|please|at once|asap|today]",
        "(take|drop|strike|get) {me} [off|out|from] §{list}",
        "(wish|want|like|prefer) not to (receive|get|have|be sent)",
        "(not|no longer|never) (interested in|want|wish|need|wish to receive|want to receive|want to get) [receiving|getting|to receive] [any|more|any more|these|this|your|the] {letters}",
        "(end|terminate|cancel|discontinue) (my|the|this|our) (subscription|mailings|newsletter)",
        "[i|we] [also|really] {want} to (unsubscribe|be removed|be taken off|opt out|cancel my subscription|be unsubscribed|stop receiving|stop getting|leave the list|leave this list|leave the mailing list|end my subscription)",
        "[i|we] (want to|wanna|wish to) (unsubscribe|be removed|opt out|stop receiving)",
        "[i|we] (do not|dont|don t|no longer) (want|wish) [to] [get|receive|have|read] [any|more|any more|your|these|this|further]",
        "(please|kindly) (unsubscribe|unsuscribe|unsubscibe|opt me out)",
        "(please|kindly) (remove|delete|drop|take) {me} [off|from|out]",
        "(please|kindly) (cancel|end|stop|terminate) [all] (my|the|this|your|these|all) [\\S+] (subscription|newsletter|newsletters|emails|mails|mailings|letters)",
        "(please|kindly) (stop|quit|cease) (sending|emailing|mailing|writing)",
        "unsubscribe {me}",
        "(have|got) no [more] (need|use|interest) (of|for|in) [your|this|the|these] {letters}",
        "(stop|quit) spamming [me|us]",
        "(discontinue|end|cancel|terminate|stop) [my|this|the|our] (newsletter|mailing|email) (subscription|subscriptions)",
        "(get|keep) {me} [off|out] (off|out|from) [of] [this|your|the] {list}",
        "(appreciate|grateful|glad|happy|great|nice|good|prefer) [it] [very much] if you (removed|deleted|took|unsubscribed) {me}",
        "(appreciate|grateful|glad|happy|great|nice|good|prefer) [it] [very much] if you (stopped|would stop|could stop|quit) [sending]",
        "(if|so) you (could|would|can|will) [please|kindly] (remove|delete|unsubscribe|take|drop) {me}",
        "(my|this|our) subscription (can|may|should|must) be (ended|cancelled|canceled|stopped|terminated)",
        "(can|could|may) i [please|kindly] (be|get) (removed|unsubscribed|taken off|deleted)",
        "(remove|take|delete) {me} (from|off) [of] … {list}",
        "(can|could|would) you [please|kindly] (unsubscribe|remove|take|delete|stop sending) {me}",
        "(can|could) you [please] (cancel|end|stop) (my|this|the|your|these) (subscription|newsletter|newsletters|emails)",
        "cancel (my|this) (subscription|newsletter)",
        "stop (sending|emailing|mailing|writing)",
        "{want} (out of|off) [of] (this|your|the) {list}",
        "(not|no longer|never) {want} to (be|stay|remain|stand) on (this|your|the) {list}",
        "(you can|you may|feel free to|go ahead and) (remove|take|delete|unsubscribe|drop) {me}",
        "(appreciate|grateful|glad|happy|great|nice) [it] if you (removed|stopped|could remove|could stop|would remove|would stop|took) §({me}|{letters})",
        "(would you mind|do you mind|mind) (removing|deleting|unsubscribing|taking) {me}",
        "(rather|prefer to) not (get|receive|have|be sent|be on) [any|any more|more|them|these|your|the] §({letters}|{list}|more)",
        "(take|get) {me} off [of] (this|your|the)",
        "no more (emails|mails|newsletters|letters|messages) [please|from you]",
        "(do not|dont|don t) (send|email|mail|write) {me} [again]",
        "(appreciate|grateful|glad|happy|great|nice|good|obliged) [it] [very much] if you (would|could|can|will) [kindly|please] (discontinue|stop|cease|remove|delete|take|unsubscribe|end|cancel|drop|strike) …",
        "(cross|scratch|strike|knock|pull|wipe|leave) {me} (off|out|from) [of] §{list}",
        "(unsubcribe|unsuscribe|unsubscibe|unsubsribe) {me}",
        "no need (for you )?to (email|send|mail|post) [me|us] [any|any more|further] {letters}",
        "(can|could|would|will) you [please|kindly] stop {letters} (coming|arriving|being sent) [to (me|us|this address)]",
        "(stop|end) {letters} (coming|arriving|being sent) [to (me|us|this address)]",
        "(withdraw|revoke) [my] consent (to|for) [receiving|receive|getting] [{letters}]",
        "(i m|i am|we re|we are) (done|finished) with [your|this|the|these] {letters}",
        "(like|want|wish|prefer) [to] (stop|end|cancel|discontinue) [receiving|getting|my] [your|the|this|these] {letters}",
        "(don t|do not|no longer|not) [want to] (need|read|require) [your|the|this|these|any] {letters} [any more|anymore|any longer]",
        "(take|remove|delete) [my|our|this] (name|address|email|email address|details) (off|from|out of) §{list}",
        "(be|get) (taken|removed|struck|dropped|deleted) [off|from|out of] §{list}",
        "(count|leave) me out of [your|the|these|this] {letters}",
        "no need to (keep )?(email|emailing|send|sending|mail|mailing|post|posting) …",
        "(withdraw|revoke) [my] consent (to|for) [receiving|receive|getting] §{letters}",
        "(come|get|be|fall) off [of] §{list}",
        "(get|take) {me} off (it|this|there|here|that)",
        "(stop|end|cancel|discontinue|terminate) (my|our) (copy|copies|subscription) [of|to|for] [the] [{letters}]",
        "(count|leave) {me} out of [the|your|any|all] [future|monthly|weekly] ({letters}|{list})",
        "(remove|take|delete|drop|strike|cross) (me|us|my name|my address|my email|our names) from §{list} [for the {letters}]",
        "(appreciate|grateful|glad|happy|great|nice|good|obliged) [it] [very much] if you (would|could|can|will) [kindly|please] (discontinue|stop|cease) (sending|emailing) …",
        "(end|stop) (the|your|these|this) {letters} [for me|please|now]",
        "(delete|remove|erase) (my|our) (email|address|details|name|email address) [from] …",
        "(don t|do not|dont) (send|email|mail) [me|us] [the|your|any|this|these|it] [{letters}] (again|any more|anymore|any longer)",
        "i d (rather|prefer) not [to] (have|get|receive|be sent) [the|your|this] {letters} [any more|any longer|now]",
        "[i|we] (wish|want|would like|d like) to discontinue [receipt of|receiving] [your|the] §{letters}",
        "(may|could|can) i be (taken|removed|dropped|struck) (off|of|from|out of) §{list}",
        "(time to|you can|you may|please|kindly) (drop|remove|take|strike|leave) {me} (from|off|out of) …",
        "(cancel|end|stop) my subscription …",
        "(you may as well|you might as well|best to|better to) (leave|take|remove|drop) {me} (out|off) …",
        "(unsub|unsubscrib) {me}",
        "(i m|i am|we re|count me) out of §{letters}",
        "get (my name|me|us) off (it|this|that|there)",
        "(have|get) my name (dropped|removed|taken|struck) (from|off) …",
        "(would|d) rather not (get|receive|have|be sent) …",
        "(strike|take|cross|knock|cancel|stop) mine [off]",
        "(leave|count|keep) {me} out of [the|your|any|all] [future|monthly|weekly|quarterly] ({letters}|{list})",
        "(drop|remove|take|strike) {me} (from|off) [the|your|all] ({letters}|{list})",
        "no need to (keep |carry on |continue )?(sending|send|emailing|email|mailing|mail) [me] §{letters}",
    ),
    "fi": (
        "(en|emme) (halua|tahdo|tarvitse|toivo|kaipaa) {fill}{letters}",
        "(pyydän|pyydämme|pyytäisin) [teitä|täten] (poistamaan|ottamaan|lopettamaan|perumaan|peruuttamaan) …",
        "(ottakaa|poistakaa|ota|poista) {me} (pois|listalta)",
        "pyydän (ettei|että) §(lähetetä|poistatte|poistetaan)",
        "(haluaisin|haluan|tahtoisin) [nyt] (perua|peruuttaa|lopettaa|irtisanoa) §(tilauksen|tilaukseni|uutiskirjeen|viestit|uutiskirjeet)",
        "{letters} en (halua|tarvitse|tahdo|lue)",
        "en (tarvitse|kaipaa|lue|tilaa) [enää|enempää] §{letters}",
        "(uutiskirjeen|uutiskirjeet|viestit|postit) (voi|saa|voitte|saatte) (lopettaa|perua|peruuttaa)",
        "(poista|poistakaa|poistattehan|ottakaa|ota) {me} [pois] … {list}",
        "(poistakaa|poista|poistattehan) (minut|osoitteeni|sähköpostiosoitteeni|nimeni)",
        "(en|emme) (halua|haluaisi|tahdo|toivo|enää halua) [enää|enempää|jatkossa] … {letters}",
        "(haluan|haluaisin|tahdon|haluamme|toivon) (perua|peruuttaa|lopettaa|irtisanoa|poistua|pois|erota) … ({letters}|{list})",
        "(haluan|haluaisin) pois {list}",
        "(älkää|älä) (lähettäkö|lähetä|lähettele) [enää|minulle|enempää] …",
        "(peruuttakaa|perukaa|peruuta|peru|lopettakaa|lopeta|peruutan|perun|lopetan) [minun|tämä|täten|uutiskirjeen|viestien] [{letters}|tilaus|tilaukseni|lähettäminen|lähetys]",
        "(voisitteko|voitteko|voisitko) (poistaa|ottaa|peruuttaa|perua|lopettaa) … ({me}|{letters}|{list})",
        "ei (enää|enempää|lisää) {letters}",
        "lopettakaa … lähettäminen",
        "(voisiko|voiko|saisiko|voisinko) {me} [ystävällisesti] (poistaa|ottaa) [pois] [{list}]",
        "(älkää|älä) [enää] [minulle|meille] [enää] (lähettäkö|lähetä|lähettele) [minulle|meille] [enää] [mitään|enempää|enempiä] [{letters}]",
        "(haluan|haluaisin|tahdon|haluamme) poistaa [minun] (sähköpostini|osoitteeni|sähköpostiosoitteeni|tietoni|itseni|nimeni) [pois] {list}",
        "(voisitteko|voitteko|voisitteko te|voisitko|voitko|viitsittekö|viitsisittekö) [ystävällisesti|kohteliaasti|te|nyt] (poistaa|ottaa) {me}",
        "(voisitteko|voitteko|voisitko|voitko) [ystävällisesti|te|nyt] (lopettaa|peruuttaa|perua) [minun|tämän] {letters}",
        "(tilaukseni|uutiskirjeen tilaus|tilauksen) (voi|saa|tulee|pitää) (lopettaa|peruuttaa|perua|päättää)",
        "(toivon|toivoisin|pyydän) että (poistatte|lopetatte|otatte) …",
        "(toivon|toivoisin|haluan|haluaisin) tulla poistetuksi …",
        "(voitte|voit|saatte|saa) (poistaa|ottaa) {me} [pois] [{list}]",
        "(haluan|haluamme|tahdon) [pois|poistua] {list}",
        "(poistatteko|poistaisitteko|poistaisitko|otatteko|ottaisitteko|ottaisitko|peruisitteko|peruuttaisitteko|lopettaisitteko) [ystävällisesti] ({me}|{letters}) …",
        "(jättää|jättäkää|jätä|jättäisitte|jättäisittekö) {me} [pois] [{list}]",
        "ei kiitos [enää|enempää|lisää] {letters}",
        "pois {list}",
        "pyydän [kohteliaimmin|ystävällisesti|täten] että … (lopetetaan|lopetatte|poistetaan|poistatte|peruutetaan)",
        "(voitko|voitteko|voisitko|voisitteko|voiko) (ottaa|poistaa|pyyhkiä) (mut|mun osoitteen|mun nimen|mun sähköpostin|minut) [pois] …",
        "(perun|peruutan|peruutamme) [täten] suostumukseni …",
        "(poistakaa|ottakaa|poista|ota|pyyhkikää) (mut|mun osoite|mun sähköposti|mun nimi|meidät) [pois] [{list}]",
        "en (ole|oo) [enää] kiinnostunut {letters}",
        "(lopetan|lopetamme|päätän|irtisanon) [täten|nyt] [tämän] (uutiskirjeen|tilauksen|tilaukseni|jäsenkirjeen) [tilaamisen|tilauksen|vastaanottamisen]",
        "(otatko|otatteko|voitko ottaa|ottakaa|ota) (mut|minut|meidät|mun osoitteen) [pois|veks|veke] [tältä|teidän] [{list}]",
        "(uutiskirjeen|jäsenkirjeen|kirjeen|viestien) (tulon|lähettämisen|lähetyksen|tilauksen) (voi|saa|voitte|saatte) (lopettaa|perua)",
        "lopettakaa [jo] (näiden|tämän|uutiskirjeen|kirjeen|viestien) lähettäminen",
        "(kirjettä|uutiskirjettä|jäsenkirjettä|viestejä|näitä) ei tarvitse [enää] lähettää",
        "pyydän [kohteliaasti|kohteliaimmin|ystävällisesti] että (uutiskirjeen|jäsenkirjeen|kirjeen|viestien) (lähettäminen|lähetys|tilaus) … (lopetetaan|lopetettaisiin|keskeytetään)",
        "(minun|meidän|mun) (osoitteeni|osoitteen|sähköpostini|nimeni) (voi|saa|voitte) (jättää|poistaa|ottaa) [pois]",
        "(perun|peruutan|peruutamme) [täten] (suostumukseni|suostumuksen) [uutiskirjeen|uutiskirjeiden|viestien] …",
        "(haluan|haluaisin|tahdon|haluamme) (lopettaa|perua|peruuttaa|irtisanoa) (uutiskirjeen|jäsenkirjeen|kirjeen) (tilauksen|tilaamisen)",
        "(poistaisitko|poistaisitteko|poistatko|poistatteko) {me} (uutiskirjeen|jäsenkirjeen|kirjeen) (saajista|vastaanottajista|listalta|jakelusta)",
        "lopettakaa [jo] [tämä|tuo|näiden] (lähettely|lähettäminen|lähettämisen) [minulle|meille]",
        "en (halua|tahdo) tätä",
        "(minulle|meille) ei tarvitse [enää|jatkossa] lähettää …",
        "(jättäisittekö|jättäisitkö|jätättekö) {me} [pois] [{list}]",
        "(haluaisin|toivoisin|haluan) etten saisi [enää] …",
    ),
    "nb": (
        "(vil|ønsker|trenger|behøver|orker) {fill}(ikke|slippe) {fill}{letters}",
        "{letters} (vil|ønsker) jeg [gjerne] (slippe|ikke)",
        "ikke send [meg] [mer|flere|noe mer] …",
        "(ta|fjern|slett|stryk) meg (av|fra|på) …",
        "(kan|vil) (dere|du) (ta|fjerne|slette|stryke) meg …",
        "(avmeld|meld) meg av|avmeld meg",
        "(ønsker|vil|vil gjerne|kan jeg|kan vi|få|ber om) [jeg|vi] [å|om å] (bli|få bli) (fjernet|slettet|strøket|avmeldt|meldt av|tatt av) …",
        "(kanseller|kansellere|avbestille|avslutte|avslutt|oppsi) [abonnementet mitt|mitt abonnement|abonnementet] [på|til] {letters}",
        "(setter|sette|hadde) [stor] [vært fint|pris på] (om|hvis) dere (kunne|kan|vil|ville) [slette|fjerne|stryke|ta|slutte|slutter|sletter|fjerner] …",
        "(dere|du) (kan|må|får) [gjerne|godt|bare] (fjerne|slette|stryke|ta|avmelde|melde) {me}",
        "nei takk til [flere|mer] [deres] {letters}",
        "(har ikke bruk for|trenger ikke) {fill}{letters}",
        "[vil|ønsker] [gjerne] [å] meld(e)? {me} av",
        "(fint|flott|bra|setter pris på) om dere (sletter|fjerner|stryker|tar|melder|slutter) …",
        "(slutt|stopp) [nå] [med] [å] (sende|send|maile|skrive|mail)",
        "(trenger|vil|ønsker|orker) ikke [ha|få|lenger|mer|å] §{letters}",
        "(si|sier) [opp] [takk] nei [takk] til §{letters}",
        "(meld|avmeld|fjern|slett|stryk|ta) {me} [vekk|bort|ut|av] [fra|av|på] … {list}",
        "(fjern|slett|avmeld|stryk) {me}",
        "meld {me} av",
        "[jeg|vi] (ønsker|vil|ønsker ikke|vil ikke|vil gjerne) (ikke|å avmelde|å melde|å avslutte|å avbestille|å stoppe|avmelde|melde|avslutte|bli fjernet|slippe|si opp|stoppe) [lenger] [å] [få|motta|ha] [flere|mer] [meg] [{letters}|av|fra]",
        "[jeg|vi] (ønsker|vil) ikke [lenger] [å] (ha|få|motta|abonnere|stå|være) [flere|på|i] …",
        "(slutt|stopp) [å] (sende|send|maile|skrive) …",
        "(ikke) send [meg] (flere|mer) {letters}",
        "(kan|kunne|vil) (du|dere) [vennligst] (fjerne|slette|melde|avmelde|stryke|ta) {me} …",
        "(kan|kunne) (du|dere) (avslutte|stoppe|si opp) (abonnementet|nyhetsbrevet|abonnementet mitt)",
        "(avslutt|si opp|avbestill|stopp) (abonnementet|mitt abonnement|nyhetsbrevet|nyhetsbrev)",
        "(jeg|vi) (avslutter|sier opp|melder meg av|avbestiller) [herved] …",
        "ingen flere {letters}",
        "(sier|si) [jeg|vi|herved|med dette|undertegnede] opp [herved|med dette] [abonnementet|mitt abonnement|abonnement] …",
        "(trekker|tilbakekaller) [jeg|herved] [tilbake] (samtykket|mitt samtykke) [mitt] [tilbake] til [å] [få|motta] {letters}",
        "(ber|ønsker|krever) [jeg|vi] [om] at (eposten|adressen|epostadressen|navnet) (min|mitt) (slettes|fjernes|strykes) …",
        "(klarer|greier) (meg|oss) uten {letters}",
        "(stryk|fjern|slett|ta|hekt|koble) (oss|meg) (fra|av|ut av) …",
        "(si|sier) fra meg [{letters}|abonnementet]",
        "(la|kan la|kan dere la|la være) være å (sende|maile) [meg|oss] …",
        "(fjern|slett|stryk|ta bort) (adressen|eposten|navnet|epostadressen) min …",
        "(stryk|fjern|slett|ta) (oss|meg) (fra|av) (utsendinga|utsendingen|utsendelsen|lista|listen)",
        "(kan|kunne|vil) (dere|du) slutte [med] å (sende|maile) …",
        "(avslutt|avbestill|si opp|stopp) (mitt|vårt) abonnement …",
        "(vil|ønsker) [å] [komme] (ut|av|vekk|bort) (av|fra) [deres] {list}",
        "(nyhetsbrevet|månedsbrevet|medlemsbrevet|nyhetsbrev|brevet) (trenger|behøver|ønsker|vil) (jeg|vi) ikke [ha|få] [mer|lenger]",
        "(trekker|trekke) [jeg|herved] tilbake (samtykket|samtykke|mitt samtykke) …",
        "stopp (utsendinga|utsendingen|utsendelsen|utsendelsene) [hit|til meg]",
        "at (min epost|min epostadresse|min adresse|adressen min|eposten min) (slettes|fjernes|strykes|tas bort) (fra|av) …",
        "(brevet|nyhetsbrevet|månedsbrevet) [på epost] kan (dere|du) spare (meg|oss) for",
        "(være|bli) slutt på [dem|disse] [{letters}] (for min del|for meg)",
        "hopp over (meg|oss) …",
        "(vil|ønsker) [jeg|vi] [gjerne|helst] slippe [deres] {letters}",
        "(hopper|melder) [jeg] (av|meg av) [deres] {letters}",
    ),
    "da": (
        "(vil|ønsker|behøver|gider|skal) {fill}(ikke|ik|undgå|slippe) {fill}{letters}",
        "(vil|ønsker) {fill}(bede om at|gerne) blive (slettet|fjernet|afmeldt|frameldt) …",
        "(blive|bliver) (slettet|afmeldt|fjernet) fra …",
        "ikke flere {letters} [til mig]",
        "(har|har jeg) ikke [længere|mere] brug for [længere] [jeres] {letters}",
        "(vil|kan|kunne|gider|må) (i|du) [ikke] [nok|godt|venligst|lige|være så venlige at|gerne] (slette|fjerne|tage|afmelde|framelde|stryge) {me}",
        "(ønsker|vil|vil gerne|må jeg|kan jeg|beder om) [jeg|vi] [at|om at] (blive|få) (fjernet|slettet|afmeldt|frameldt|strøget|taget af) …",
        "(annuller|annullere|opsige|afslutte|opsig) [mit abonnement|abonnementet] [på] {letters}",
        "(i|du) (kan|må|skal) [gerne|godt|bare] (fjerne|slette|stryge|tage|afmelde|framelde) {me}",
        "nej tak til [flere|mere] [jeres] {letters}",
        "stop [nu] [med] [de|jeres|disse|alle] {letters}",
        "(vær|være) (venlig|søde|sød|rar) [og|at] (at)? ?(fjerne|slette|afmelde|tage|stoppe)",
        "(vil|kan|må|gider) i [være|gerne] [søde|venlige] [at|og] (tage|fjerne|slette|afmelde|framelde|stoppe) …",
        "(skal|gider|behøver|ønsker|vil) (ikke|ik) [længere|mere|mer] [bruge|få|have|modtage] §{letters}",
        "(tag|slet|fjern|stryg) mig [bare|gerne|venligst] (af|fra|på) §{list}",
        "(gider|vil|ønsker) ikke få …",
        "(afmeld|frameld|fjern|slet|tag|stryg) {me} [væk|af|ud] [fra|af|på] … {list}",
        "(fjern|slet|afmeld|frameld) {me}",
        "[jeg|vi] (ønsker|vil|vil gerne|ønsker at) (ikke|afmelde|at afmelde|afmeldes|framelde|frameldes|slettes|fjernes|stoppe|opsige|slippe|at blive slettet) [længere|mere] [at] [få|modtage|have] [flere] [mig] [{letters}|for]",
        "[jeg|vi] (ønsker|vil) ikke [længere|mere] [at] (have|få|modtage|stå|være) …",
        "(stop|hold op) med at (sende|maile|skrive) …",
        "send [mig] ikke (flere|mere) {letters}",
        "(kan|kunne|vil|gider) (du|i) [venligst] (fjerne|slette|afmelde|framelde|stryge|tage) {me} …",
        "(kan|vil) (du|i) (stoppe|afmelde|opsige) (abonnementet|nyhedsbrevet|mit abonnement)",
        "(afmeld|opsig|stop|afslut) (abonnementet|mit abonnement|nyhedsbrevet|nyhedsbrev)",
        "(jeg|vi) (afmelder|framelder|opsiger) [hermed] …",
        "ingen flere {letters}",
        "(opsiger|opsige) [jeg|vi|hermed|undertegnede] [hermed] [mit|vores] (abonnement|abonnementet) …",
        "gider (i|du) [ikke|ikk] [lige] (afmelde|slette|fjerne|tage) {me} …",
        "(trækker|tilbagekalder) [jeg|hermed] [mit] samtykke [til at modtage {letters}] [tilbage]",
        "(tage|tag) (min mail|min adresse|min mailadresse|mig|os) (af|ud af|fra|ud) …",
        "(klarer|klare) (mig|os) uden {letters}",
        "(vil|kan|må|kunne) (i|du) [venligst|lige|ikke|godt] (afmelde|slette|fjerne|framelde|stryge) {me} …",
        "(ønsker|vil) [jeg] [fremover|herefter|gerne] ikke [fremover|længere] at (modtage|få|have) …",
        "ikke [længere|fremover] at modtage [jeres|foreningens] {letters}",
        "(min|mit) (mail|mailadresse|emailadresse|adresse|navn) (udgår|slettes|fjernes|tages) (af|fra|ud af) …",
        "(holde|hold) op med at (sende|maile|skrive) [mig|os] …",
        "(opsig|opsiger|afbestil|stop|afslut) [venligst] (mit|vores) abonnement …",
        "(være|blive) fri for [jeres] {letters}",
        "(lad|lade) mig udgå …",
        "(få|kan jeg få) (dig|jer) til at (afmelde|slette|fjerne|framelde|stryge) {me} …",
        "(kan|vil|må) (i|du) [ikke] [lige|godt|venligst] (tage|stryge|slette|fjerne) {me} (af|fra|ud af) …",
        "(i|du) (må|kan) [gerne|godt] (stoppe|slutte|holde op med) [med] [det|nyhedsbrevet|at sende] …",
        "(tage|tag) (mig|os) af listen over dem der får {letters}",
        "{letters} vil (jeg|vi) [gerne] være fri for",
        "(sige|siger) farvel til {letters}",
        "(lad|lade) være med at sende (det|dem|nyhedsbrevet|brevet) til (mig|os) …",
        "(i|du) (må|kan) [gerne|godt] (holde|hold) op med at sende [brevet|nyhedsbrevet|det] …",
        "(opsig|opsiger) venligst mit abonnement …",
        "(frabedes|frabeder) [jeg|mig|hermed] [mig] [yderligere] [tilsendelse|udsendelse] [af] {letters}",
        "(i|du) (behøver|skal) ikke [længere] sende [{letters}] til (mig|os) …",
        "(i|du) (behøver|skal) ikke sende (mig|os) …",
        "(opsiger|opsige) [jeg|hermed] {letters}",
        "(hold|holde) [nu] op med at (sende|maile|skrive) …",
        "(har) [jeg|vi] ikke [længere] brug for {letters}",
        "(pille|pil|tag|tage) (mig|os) (ud|ud af den|ud af listen|af)",
    ),
}
PARTS["sv"]["gone"] = (
    "(avregistrerad|borttagen|struken|avförd|avprenumererad|avanmäld|borttagna|avregistrerade|strukna|bortplockad"
    "|bortstruken|raderad|utstruken|avskriven)"
)

#: Anywhere in a mail: it asks, denies, takes back, or is about something or somebody else.
BLOCKERS = {
    "sv": (
        "(jag|vi) kommer (inte|ej)|(kan|hinner|ska) (inte|ej|tyvärr inte) (komma|delta|närvara|vara med)|(på|till|nu) (måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|midsommar)|vill (ni|du) att (jag|vi)",
        "hur (gör|ska|avslutar|avregistrerar|avanmäler|avbeställer|kan|tar|säger|slutar|får|går|lång|många|man)|varför|vad händer|vart|går det att|kan man|måste man|ska man|behöver man|möjligt att",
        "om (jag|vi|man|någon|ni|hon|han) (vill|skulle|avregistrerar|avslutar|nu vill|väljer|inte|fortsätter|skriver)",
        "(kollega|kollegan|kollegor|vän|väninna|vännen|granne|grannen|fru|frun|man vill|min man|mannen|make|maken|maka|mamma|mor|pappa|far|son|dotter|bror|syster|sambo|sambon|chef|chefen|kompis|medlemmen|företrädare|efterträdare|föräldrar|mormor|farmor|morfar|farfar|moster|faster|avlidne|avliden|hen|honom|henne|hans|hennes|någon annan|alla andra|deras|dem som|många vill|några)",
        "{want} (inte|ej|inte alls|absolut inte) {leave}|(inte|ej|aldrig) [att] {leave}|{leave} [{me}|alltså|bara|absolut] (inte|ej|aldrig)|(vill|ska|önskar) (inte|ej|absolut inte|inte alls) (avsluta|avregistrera|bli {gone}|säga upp|ta bort|sluta|slippa|missa|avanmäla|avregistreras|lämna|gå ur|bort)|inte (ta|tar|ta ni) bort|(ta|tar) [{me}] inte bort|(ta|tar) inte {me} bort|stryk [{me}] inte|radera inte|inte sluta|sluta inte|glöm inte",
        "(råkade|råkat|råkar|misstag|misstaget|av misstag|felaktigt|trodde|lägg till|lägga till|sätt upp mig|anmäl mig|igen som prenumerant|börja prenumerera|åter prenumerera|ångrar|ångrade|ångrat|få tillbaka|tillbaka på|vill vara kvar|vill fortsätta|fortsätta få|fortsätt skicka|få brevet igen|saknar)",
        "(\\w*(kurs|kursen|mötet|resan|träffen|utflykten|konferensen|middagen|föreläsningen|stämman|vandringen|festen|cirkeln|utbildningen|lägret|dagen|helgen|kvällen|visningen|tävlingen)|jourlistan|väntelistan|arbetslistan|telefonlistan|kontaktlistan|kölistan|kurs|kursen|kurser|möte|mötet|möten|årsmötet|årsmöte|resa|resan|träff|träffen|utflykt|utflykten|konferens|konferensen|middag|middagen|aktivitet|aktiviteten|anmälan|plats|platsen|föreläsning|föreläsningen|stämma|stämman|medlemsmötet|lunch|lunchen|seminariet|seminarium|vandringen|julbordet|festen|webbinariet|evenemanget|bokning|bokningen|studiecirkeln|cirkeln|utbildningen|workshop|workshopen|sommarlägret|lägret|bussen|mötena|deltagarlistan|lotteriet|tävlingen)",
        "(styrelsen|styrelse|styrelsens|valberedningen|uppdrag|uppdraget|arbetsgruppen|kommittén|ordförande|ordföranden|kassör|förtroendeuppdrag|posten som|facebookgruppen|chatten|hemsidan|webbplatsen|whatsapp|whatsappgruppen|swish|autogiro|autogirot|faktura|fakturan|fakturor|konto|kontot|tidning|tidningen|tidskriften|papperstidningen|papperstidning|pappersbreven|papperspost|pappersutskick|pappersbrev|på papper|sms|styrelseutskick|medlemstidningen|bladet|avtalet|inlogg|inloggningen|abonnemanget)",
        "(bild|bilden|bilder|foto|fotot|artikeln|texten|stycket|inslaget|notisen|referatet|telefonnummer|telefonnumret|mobilnummer|kommentar|kommentaren|rubriken|filen|citat|citatet|intervjun|annonsen|webben)",
        "(pausa|paus|uppehåll|tillfälligt|i sommar|över sommaren|tills vidare|under (semestern|sommaren|våren|hösten|vintern|ledigheten)|föräldraledig|vänta med|byt|byta adress|byta mejl|byta mail|byter|ändra|ändrat|uppdatera|ny adress|nya adress|ny mejladress|ny mailadress|ny epost|nya mejl|nya mail|nya adressen|annan adress|andra adressen|till min (nya|privata|andra|egen)|dubbelt|dubbla|dubbletter|två gånger|två exemplar|två brev|tre exemplar|den ena|ena adressen|båda|lösenord|lösenordet|jobbadress|jobbadressen|gamla (adressen|mejlen|mailen|mejladressen|mailadressen|jobbmejlen|jobbmailen))",
        "(kanske|eventuellt|funderar|överväger|tveka|skämt|skämtar|annars|hotar|ska nog|borde|risk|risken|skulle kunna|på väg att|nästan|snart)",
        "(sa|sade|säger|frågade|frågar|berättade|hälsar|undrar|tipsa|läste|hörde) (att|om|en|hon|han|de|till|många|någon)|(någon|några|de|alla|den|folk) som|de vill|hon vill|han vill|det står|står det|stod det|enligt (er|texten|artikeln|sidan|brevet)|läs mer|(avregistrerar|avanmäler) (du|ni|man|dig)|bortse|gällde|enkät|enkäten|ordet|knappen|funktionen|testar|bara ett test|t ex|heter|kallas|vad (tycker|säger|menar|betyder)",
        "sluta (skriva|röka|klaga|upp|dra|med politik|med politiken|tjata om|använda|kalla|publicera|ta|stava|höja)",
        "(bara (?!(säga|meddela|be|informera))|endast|enbart|utom|förutom|men behålla|men ha kvar|ha kvar|behåll|behålla|fortsätta|fortfarande vilja|hellre|i stället för|istället för|oftare|sällan|färre|mindre ofta|inte så ofta|inte så många|en gång i månaden|övriga|välkomna)",
    ),
    "en": (
        "(can t|cannot|can not|won t|will not|not able to) (come|attend|make it|be there|join)|(on|this|next) (monday|tuesday|wednesday|thursday|friday|saturday|sunday)|want me to|shall i",
        "how (do|can|to|does|would|should|come)|why|what (happens|if|do)|whether|if i|(?!(appreciate|grateful|glad|happy|great|nice|good|prefer|it|so) )\\w+ if you|is it possible|wondering|is there a way|question",
        "(colleague|colleagues|friend|wife|husband|mother|father|mum|mom|dad|son|daughter|brother|sister|boss|neighbour|neighbor|someone|somebody|anyone|people|he|she|him|(for|remove|unsubscribe|take|delete|to) her|her (name|address|email)|they|their|members|others|predecessor)",
        "(not|dont|don t|never|nor) [ever] (want|wish|like) to (unsubscribe|be removed|be unsubscribed|be taken|leave|opt out|stop|cancel|lose|miss)|(not|dont|don t|never) [ever] (unsubscribe|remove|cancel|take me|delete me|stop)|accidentally|by mistake|by accident|mistakenly|add me|resubscribe|subscribe me again|sign me up|put me back|back on",
        "(participant|participants|attendee|attendees|attendance|guest|guests|waiting list|rota|speaker|speakers|volunteer|volunteers|order|attend|meeting|meetings|course|event|events|board|committee|trip|seminar|workshop|conference|picture|photo|article|paper|magazine|print|printed|invoice|invoices|account|comment|phone number|annual general|agm|dinner|webinar|booking|registration|direct debit|whatsapp|facebook)",
        "(pause|temporarily|for now|new address|new email|change my|update my|duplicate|duplicates|twice|two copies|only want|keep (me|sending|receiving)|still want|but keep|except|holiday|until|old address)",
        "(maybe|perhaps|might|thinking|considering|the word|the button|says|said|asked (me|us|if|whether|how|about|what|for)|just testing|would be sad|hope|otherwise|threat)",
        "want (more|it|this|them|my)|stop (writing about|using|calling|publishing|asking|the politics)",
    ),
    "fi": (
        "(en|emme) (pääse|tule|ehdi tulla|voi tulla|osallistu)|(maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai)\\w*|haluatteko että",
        "miten|kuinka|miksi|voiko (?!minut)|mitä|missä|mistä|kysymys|jos|mietin|pitääkö|saako|onko (mahdollista|kaikki|se)|voinko",
        "(kollega|kollegani|kaveri|kaverini|ystävä|ystäväni|vaimo|vaimoni|mieheni|äiti|äitini|isä|isäni|joku|hän|hänen|hänet|he|muut|naapuri|naapurini|puolisoni|edesmennyt)",
        "(älkää|älä|en halua|ei saa|emme halua|en missään nimessä) (vielä|enää|ikinä|missään nimessä)? ?(poistako|poista|peruuttako|peruuta|peruko|poistua|perua|peruuttaa|lopettaa|lopettako|eroa|erota)|vahingossa|erehdyksessä|takaisin|uudelleen|lisätkää|lisää minut",
        "(\\w*(kurssilta|kurssille|kurssin|kokouksesta|retkeltä|matkalta|juhlista|tilaisuudesta)|osallistujalistalta|kokous|kokouksesta|kokousta|kurssi|kurssilta|kurssin|retki|retkeltä|retken|hallituksesta|lehti|lehden|lehteä|kuva|kuvan|kuvani|artikkeli|artikkelin|artikkelista|ilmoittautumiseni|ilmoittautumisen|tapahtumasta|paperilehti|paperilehden|laskun|lasku|osallistumiseni|varaukseni|illalliselta|jäsenlehden|matkalta)",
        "(tauko|tauon|tauolle|väliaikaisesti|uusi osoite|uuteen osoitteeseen|osoitteeni on|vaihda|vaihtakaa|muuttunut|muuta|kaksi|kahteen|kahdesti|vain|edelleen|kesäksi|ehkä|harkitsen|sanoi|kysyi|kirjoitti|vanha osoite)",
    ),
    "nb": (
        "ikke (komme|delta|være med)|kommer ikke|(på|til) (mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)|vil (dere|du) at jeg",
        "hvordan|hvorfor|hva (skjer|betyr|gjør)|lurer|spørsmål|hvis|dersom|mulig å|går det an|kan man|må man",
        "(kollega|kollegaen|kollegaer|venn|venninne|kone|kona|mannen min|min mann|mor|moren|mamma|far|faren|pappa|sønn|datter|søster|bror|noen andre|hun|han|henne|ham|de andre|nabo|naboen|forgjenger)",
        "(ikke|aldri) [vær så snill og] (avmeld|avmelde|fjern|fjerne|slett|slette|meld|avslutt|avslutte|melde|ta meg)|vil ikke (avmelde|meldes av|bli fjernet|melde meg av|slutte)|ved en feil|feilaktig|igjen på|meld meg på|legg meg til|tilbake",
        "(\\w*(kurset|møtet|turen|festen|dagen|samlingen|dugnaden)|deltakerlisten|deltakerlista|ventelisten|ventelista|møtet|møte|årsmøtet|kurset|kurs|turen|styret|bladet|avisen|papirutgaven|bildet|artikkelen|påmeldingen|seminaret|arrangementet|konferansen|middagen|kontoen|telefonnummeret|medlemsbladet|samlingen|avtalegiro|faktura|fakturaen|papir|webinaret|julebordet|hytta|dugnaden)",
        "(pause|midlertidig|i sommer|ny adresse|ny epost|nye epost|nye adresse|bytte|byttet|endre|to ganger|dobbelt|bare|fortsatt|kanskje|vurderer|sa at|spurte|skrev at|i stedet|gamle)",
    ),
    "da": (
        "ikke (komme|deltage|være med)|kommer ikke|(på|til) (mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)|vil (i|du) have at jeg",
        "hvordan|hvorfor|hvad (sker|betyder|gør)|spørgsmål|hvis|kan man|muligt at|mon|skal man",
        "(kollega|kollegaen|kolleger|ven|veninde|kone|min mand|manden|mor|far|søn|datter|søster|bror|nogen|hun|han|hende|ham|de andre|nabo|forgænger)",
        "(ikke|aldrig) (afmeld|afmelde|fjern|fjerne|slet|slette|frameld|framelde|opsige|afmeldes|tage mig)|afmeld mig ikke|slet mig ikke|fjern mig ikke|ved en fejl|fejlagtigt|igen på|tilbage|tilmeld",
        "(\\w*(kurset|mødet|turen|festen|dagen|foredraget)|deltagerlisten|ventelisten|mødet|møde|generalforsamlingen|kurset|kursus|turen|bestyrelsen|bladet|avisen|billedet|artiklen|tilmeldingen|seminaret|arrangementet|konferencen|middagen|kontoen|telefonnummer|medlemsbladet|udflugten|faktura|betalingsservice|papir|foredraget|julefrokosten|festen)",
        "(pause|midlertidigt|til sommer|ny adresse|ny mail|nye mail|nye adresse|skifte|skiftet|ændre|to gange|dobbelt|kun|stadig|trykte|måske|overvejer|sagde|spurgte|skrev at|i stedet|gamle)",
    ),
}

#: What a mail that asks may also say, though a word of BLOCKERS is in it: that it was asked before, that the
#: writer stays a member, reads elsewhere, leaves work, or has a family. It is taken out before BLOCKERS are looked for.
INNOCENT = {
    "sv": (
        "(har|hade) [jag|vi] [redan|ju] (bett|skrivit|mejlat|mailat|sagt|frågat|påpekat|begärt) [er|om detta|om det|detta|det|till er] [detta|det|om detta] (två|tre|fyra|fem|flera|många|ett par|otaliga) gånger [redan|tidigare|förut|nu]",
        "(två|tre|fyra|flera|många) gånger har (jag|vi) (bett|skrivit|mejlat|sagt)",
        "hur många gånger (ska|måste|behöver) (jag|man|vi) [behöva] (be|skriva|säga|tjata|mejla|fråga) [er|om det|om detta|det]",
        "(är|ska) det [vara] så svårt [att] [förstå|fatta|begripa]",
        "(andra|tredje|fjärde|femte) gången (jag|vi) (skriver|ber|mejlar|säger)",
        "medlem (vill|är|blir|förblir|kommer) (jag|vi) (\\S+ ){0,3}(fortsätta|kvar|stanna|vara|ändå) ?(vara|som förut)?",
        "(fortsätter|fortsätta|stannar|förblir|kvarstår|är|vara) [gärna|förstås|dock|naturligtvis|fortfarande|som|vara|ändå|kvar] [gärna|som|vara|fortfarande] medlem",
        "(vill|kommer att|tänker) [gärna|förstås|dock|naturligtvis|ändå] (fortsätta|stanna|vara kvar) [att|som|vara] [vara] medlem",
        "(läser|ser|följer|hittar|får) (jag|vi)? ?[ändå|redan] (allt|det|det mesta|informationen|nyheterna|er) [ändå] (på|via) (er )?(hemsidan|hemsida|webbplatsen|facebook|instagram|webben|sidan)",
        "(jag|vi) (läser|följer|ser) (er|allt|det) (på|via) (facebook|hemsidan|instagram|webbplatsen)",
        "min (fru|man|sambo|make|maka|partner|hustru|mamma|pappa|syster|bror) (får|har|prenumererar|läser) (redan|också|ändå|samma|det|på) (\\S+ ){0,3}",
        "(via|genom|från) min (fru|man|sambo|make|maka|partner|hustru) ?(ändå|redan)?",
        "(räcker|räcker det) med (hennes|hans|ett|en|sambons|frugans|mannens)",
        "(mamma|pappa|mormor|farmor|morfar|farfar) till \\S+( och \\S+)?",
        "(slutar|slutade|går i pension|pensioneras|byter) [på|från] [mitt|mina] ?(jobbet|jobb|arbetet|tjänsten|arbete)? ?(på|i|nu)? ?(måndag|tisdag|onsdag|torsdag|fredag|månadsskiftet|juni|december)?",
        "(kontot|adressen|mejlen|brevlådan) (stängs|försvinner|upphör|läggs ner|tas bort|avslutas)",
        "(länken|knappen|avregistreringslänken|avregistreringsknappen) (\\S+ ){0,4}(funkar|fungerar|går|gick|funkade|fungerade) (inte|ej)",
        "(kan|går|gick|hittar|hittade) (inte|ej) (\\S+ ){0,3}(länken|knappen)",
        "(hoppas|hoppas att) (ni|du|allt|alla|det) (\\S+ ){0,2}(mår|är|har det|går) \\S+(?: \\S+){0,2}",
        "(mitt|vårt) medlemskap (vill|ska|tänker) (jag|vi) [gärna|förstås] (behålla|ha kvar|fortsätta med)",
        "(behåller|behålla|ha kvar) [gärna|förstås] (mitt|vårt) medlemskap",
        "(stannar|stanna|står|stå) [gärna|förstås] kvar? ?[som] medlem",
        "(fortsätt|fortsätter|skicka) gärna (med )?(kallelser|kallelsen|kallelse|inbjudan) till (årsmötet|möten|mötena)",
        "är det möjligt att (bli (borttagen|avregistrerad|struken|avanmäld)|slippa)",
        "min man och jag får (varsitt|var sitt) (exemplar|brev)",
        "hur många gånger ska man (\\S+ ){1,3}(till|det)?",
        "bladet är (inte|ej) \\S+(?: \\S+){0,2}",
        "av misstag",
        "(ses|syns) på (årsmötet|mötet|träffen|festen)( i stället| istället)?",
        "(frågade|undrade) om (jag|vi) ville pausa (?:\\S+(?: \\S+){0,4})?",
        "nytt år färre mejl",
        "kära styrelse",
        "är det möjligt att (bli|få bli|kunna bli) (borttagen|avregistrerad|struken|avanmäld)",
        "hur (gör|får|blir|kommer) (man|jag) (för att )?(slippa|av med|slut på|bli av med|ur|bort från) \\S+(?: \\S+){0,3}",
        "(ses|vi ses|syns|vi syns) (på|i|vid) \\S+( på \\S+)?",
        "(räcker|räcker det) med (papperstidningen|tidningen|papperet|den tryckta)( för min del)?",
        "varför får jag (det här|detta|dessa|de här)( mejlen| breven)?",
        "(ett|en) (ex|exemplar|brev) per hushåll",
        "(läser|ser) det på (hemsidan|webben) (i stället|istället)",
    ),
    "en": (
        "(hope|hoping) (\\S+ ){1,4}(well|better|good|fine|great|ok)",
        "(asked|written|emailed|told|requested) (\\S+ ){0,3}(twice|before|already|three times|several times|many times)",
        "how many times (do|must|have|should) (i|we) [have to|need to] (ask|write|say|tell you|asked|email) ?(for this|this|you)?",
        "(remain|stay|keep|continue) [on] [as|being|to be] [a|my] (member|membership)",
        "my (wife|husband|partner|son|daughter|mother|father) (already )?(gets|receives|has|reads|prints) (?:\\S+(?: \\S+){0,3})?",
        "(on|this|next) (monday|tuesday|wednesday|thursday|friday) (and|so|from) (\\S+ ){0,4}",
        "(retire|retiring|leaving work|leaving my job|leave my job) (on|next|this|in) \\S+",
        "under article \\d+|article \\d+ (gdpr|of)",
        "(read|find|get|see|check|follow|look at) (\\S+ ){0,3}(on|via) (facebook|the website|your website|the web|instagram)",
        "(facebook|website) (instead|anyway)",
        "(remain|am|stay|staying|still) a member of course|of course",
        "keep sending (the )?(agm|annual|meeting) papers",
        "one copy per household",
        "my husband gets it( as well)?",
        "(asked|written) twice( now)?",
        "might as well",
        "(carry on|stay|remain) as a member",
        "why am i still (getting|receiving|being sent) (?:\\S+(?: \\S+){0,2})?",
        "how do (i|you|we) (get off|get out of|unsubscribe from|stop|cancel|leave|get rid of) (this|the|these|your)?( \\S+){0,2}",
        "why (do|am|did) i (get|getting|receive|receiving) (this|these)",
        "see you (all )?at the \\S+",
        "still be at the agm",
        "one copy (\\S+ ){0,3}is plenty",
        "(getting|get) this twice in one household",
    ),
    "fi": (
        "(olen|olemme) [jo] (pyytänyt|kirjoittanut|sanonut|pyytäneet) (\\S+ ){0,2}(kahdesti|kolmesti|kertaa|aiemmin|monta kertaa)",
        "(jäsenenä|jäseneksi) [kyllä|toki|silti|edelleen] (jatkan|pysyn|jään)|(jatkan|pysyn|jään) [kyllä|toki|silti|edelleen|mielelläni] (jäsenenä|jäseneksi)",
        "(luen|seuraan|näen|katson) (\\S+ ){0,3}(facebookista|nettisivuilta|kotisivuilta|verkkosivuilta|netistä|facebookissa)",
        "(vaimoni|mieheni|puolisoni) (saa|lukee|tilaa) (?:\\S+(?: \\S+){0,2})?",
        "(linkki|peruutuslinkki|nappi) (ei|ei enää) (toimi|toiminut|aukea)",
        "jäsenenä pysyn|pysyn jäsenenä",
        "miten (tästä|tästä kirjeestä|näistä) pääsee eroon",
    ),
    "nb": (
        "(har) [jeg|vi] [allerede|nå] (bedt|skrevet|spurt|sagt) (\\S+ ){0,3}(ganger|to ganger|før|flere ganger)",
        "hvor mange ganger (må|skal) (jeg|man|vi) (be|skrive|si|spørre) ?(om dette|om det|det)?",
        "(fortsette|fortsetter|forblir|vil være|er|bli) [gjerne|fortsatt|likevel|å være] [som|værende] medlem",
        "(leser|ser|følger|får) (det|alt|dere|nyhetene|med) (\\S+ )?(på|via) (facebook|hjemmesiden|nettsiden|nettet|instagram) ?(isteden|i stedet|uansett|likevel)?",
        "(kona|kona mi|mannen|mannen min|samboeren|samboeren min|min kone|min mann) (får|har|leser) (?:\\S+(?: \\S+){0,3})?",
        "(lenken|knappen|linken) (\\S+ ){0,3}(virker|fungerer) ikke",
        "medlem (er|forblir|vil) jeg (?:\\S+(?: \\S+){0,2})?",
        "får med meg alt på (facebook|nettet|nettsiden)( uansett)?",
        "medlem er jeg fortsatt",
        "hvordan (slipper|kommer|blir) (jeg|man) (\\S+ ){0,3}(dette|disse|den|av nyhetsbrevet|nyhetsbrevet)",
        "hvorfor får jeg (dette|disse)",
        "fortsatt medlem( selvsagt| selvfølgelig)?",
    ),
    "da": (
        "(har) [jeg|vi] [allerede|nu] (bedt|skrevet|spurgt|sagt) (\\S+ ){0,3}(gange|to gange|før|flere gange) ?(før)?",
        "hvor mange gange (må|skal) (jeg|man|vi) (bede|skrive|sige|spørge) ?(om det|om dette|det)?",
        "(fortsætter|fortsætte|forbliver|vil være|er|blive) [gerne|stadig|fortsat|alligevel] [som] medlem",
        "(læser|ser|følger|får) (det|alt|jer|nyhederne|med) (\\S+ )?(på|via) (facebook|hjemmesiden|nettet|instagram) ?(i stedet|alligevel|istedet)?",
        "(min kone|min mand|konen|manden) (får|har|læser) (?:\\S+(?: \\S+){0,3})?",
        "(linket|knappen|link) (\\S+ ){0,3}(virker|fungerer) ikke",
        "(bliver|forbliver) (\\S+ )?i (koret|foreningen|klubben)",
        "medlem (er|forbliver|vil) jeg (?:\\S+(?: \\S+){0,2})?",
        "he he",
        "(læser|ser) det på (hjemmesiden|facebook|nettet) i stedet",
        "(bliver|blive) (selvfølgelig )?i (foreningen|koret)",
        "hvordan (slipper|kommer|bliver) (jeg|man) (\\S+ ){0,3}(det her|dette|dem|nyhedsbrevet)",
        "hvorfor får jeg (det her|dette)",
        "men ikke kontingentet",
    ),
}

#: In the clause of a request itself: it tells what was, or is about being a member.
DOUBTS = {
    "sv": (
        "(adress|adressen|namn|namnet|uppgifter|nummer) (ur|i) (brevet|mejlet|mailet|utskicket|nyhetsbrevet)",
        "utan [gärna|hellre|bara|i stället|istället] (till|på|via|med|i|som)|(skicka|sänd|mejla|maila) (inte|inga|inget) (\\S+ ){0,3}till (?!(mig|mej|oss|den här|denna|den|min (mejl|mail|epost|adress)))\\w",
        "(har|hade|blev|blivit|försökte|försökt|kunde|fick|redan|tidigare|igår|förra) [att] [jag|mig] ({leave}|{gone}|tagit bort|avregistrerat|avslutat|avbeställt|avanmält)",
        "(medlemskap|medlemskapet|medlem|utträde)",
        "(listan|lista) (för|över|med|till) (?!(er|era|ert|nyhets|utskick|mejl|mail|brev|epost))\\w",
        "(länken|länk|sidan) (för|till|som|fungerar|om)|svårt att|kan inte|går inte|hittar inte",
    ),
    "en": (
        "(but|and) (to|use|send it|send them) [my|the] …|(to|at) my (home|work|private|other|new)|instead",
        "list (of|for) (?!(your|the news|news|mail|letters|emails))\\w|(was|been|got|have|had|am|already|tried) (to) [be] (unsubscribe|unsubscribed|removed)|(was|been|got|am|already) (unsubscribed|removed|cancelled)|membership|member|association|the link|link to",
    ),
    "fi": (
        "vaan|sijaan|sijasta",
        "(poistettiin|peruutettiin|peruin|peruutin|jo|yritin)|(jäsenyys|jäsenyyteni|jäsenyyden|yhdistyksestä)",
    ),
    "nb": (
        "men til|i stedet|til (jobben|arbeidet|jobbadressen|hjemmeadressen)|liste[n]? (over|med) ",
        "(har|ble|er|allerede|prøvde) [jeg] [blitt] (avmeldt|fjernet|slettet|meldt)|medlemskap|medlemskapet|(ut av|medlem av|meg fra) foreningen|lenken",
    ),
    "da": (
        "men til|i stedet|til (arbejdet|arbejdsmailen|min (private|nye|anden))|liste[n]? (over|med) ",
        "(har|blev|er|allerede|prøvede) [jeg] [blevet] (afmeldt|fjernet|slettet)|medlemskab|medlemskabet|(ud af|medlem af|mig fra) foreningen|linket",
    ),
}

LEAVING = {
    "sv": (
        "(avsluta|avslutar|avslutas|stoppa|säga upp|säg upp|säger upp|upphöra|förnya) [härmed|nu] [mitt|vårt|hela] (medlemskap|medlemskapet)",
        "(hoppar|hoppa|gå|går|vill|ut) (av|ur|ut ur) (den här|denna|er)? ?(föreningen|förbundet|partiet|organisationen|facket)|(lämnar|lämna) (jag|vi) [nu|härmed] (föreningen|förbundet|er)|(önskar|vill) lämna er",
        "(ta bort|stryk|radera|avregistrera) (mig|oss) (ur|från) (medlemsregistret|medlemslistan|medlemskapet)",
        "(gå|går|gick) (ut|ur) [ur] [från] (föreningen|förbundet|partiet|organisationen|facket|er förening)",
        "(lämna|lämnar) (föreningen|förbundet|partiet|organisationen|facket|er förening)",
        "(avsluta|avslutar|säga upp|säger upp|säg upp|säger härmed upp|avregistrera) [härmed] [mitt|vårt|hela] (medlemskap|medlemskapet)",
        "(avsluta|säg upp|säga upp|säger upp) … (medlemskap|medlemskapet)",
        "(inte|ej) [längre] (vara|är|vill vara|förnya) [längre] [mitt] (medlem|medlemskap|med i föreningen)",
        "(begär|begära|anmäler|söker|önskar|ansöker om) [härmed] [mitt] (utträde|utträda)|(vill|önskar) [härmed] (utträda|gå ur)|utträde ur",
        "(inte|ej) [längre] (vara|är|vill vara) [längre] medlemmar|uppsägning av [mitt|vårt] (medlemskap|medlemskapet)|(träda|träder) ur|(mitt|min) medlemskap (upphör|ska upphöra|avslutas|avslutat)",
        "stryk mig som medlem|ta bort mig som medlem|avregistrera mig som medlem|avsluta mig som medlem",
    ),
    "en": (
        "(cancel|end|terminate|resign) [my] membership|(leave|resign from|quit) the (association|society|union|party|organisation|organization)"
        "|(no longer|not|dont|don t) (be|want to be) a member|(cancel|end|terminate|resign|stop) (my|our) membership",
    ),
    "fi": (
        "(eroan|eroavani|erota|eroamme|haluan erota) [yhdistyksestä|liitosta|puolueesta|jäsenyydestä]|(irtisanon|irtisanoa|lopettaa|lopetan) jäsenyyteni|en halua [enää] olla jäsen|(päättämään|irtisanomaan|irtisanoa|lopettamaan|päättää) (jäsenyyteni|mun jäsenyyden|jäsenyyden)|jäsenyyteni (päättyy|irtisanominen)",
    ),
    "nb": (
        "(melde|melder) meg ut|(avslutte|avslutter|si opp|sier opp) [mitt] (medlemskap|medlemskapet)|ikke [lenger] være medlem|avslutt medlemskapet|(utmelding|utmeldelse)|oppsigelse av [mitt] (medlemskap|medlemskapet)|tre ut av foreningen",
    ),
    "da": (
        "(melde|melder) mig ud|(opsige|opsiger) [mit] (medlemskab|medlemskabet)|udmelde|(udmelding|udmeldelse)|opsigelse af [mit] (medlemskab|medlemskabet)|udmelder|ikke [længere] [at] være medlem|(opsiger|stoppe|opsige) [jeg|hermed] mit medlemskab",
    ),
}

#: Takes back a wish to leave, or tells of others': with it, a mail is not even shown as one who leaves.
DENIALS = {
    "sv": (
        "(avsluta|lämna|lämnar|gå ur|säga upp) [alltså|absolut] inte|inte [alls] (avsluta|lämna|gå ur|säga upp)|(många|några|andra|hon|han|de) (vill|ska|har)",
    ),
    "en": ("(not|dont|don t|never) (cancel|leave|end|resign|quit)|(he|she|they|many|others|people) ",),
    "fi": ("en (halua|aio) erota|(hän|moni|muut) ",),
    "nb": ("ikke (melde|avslutte|si opp)|(hun|han|mange|andre) ",),
    "da": ("ikke (melde|opsige)|(hun|han|mange|andre) ",),
}
