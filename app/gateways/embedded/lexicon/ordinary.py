"""Ordinary English words: a name that is one of them ("Park", "Banks", "May") needs more than the bare word."""

_WORDS = frozenset(
    """
    a about above account action active actually add address adult after afternoon again against ago agree agreement ahead air
    all allow almost alone along already also although always am among amount an and angel animal annual another answer any
    anybody anyone anything anyway apartment apartments appliance application apply appointment approval approve approved april
    are area around arrange art as asap ask asking assign at august available average avenue away baby back bad balance ball
    bank banks bar base basic bath bathroom bathrooms bay be beach bear beat beautiful became because become bed bedroom
    bedrooms beds before begin behind being bell below best better between big bill bills bird black block blood blue board
    body book books born both bottom bought box boy bread break bridge brief bright bring broke broken brook brooks brother
    brought brown bug bugs build building built burn bush business busy but butler buy by cabinet call called caller calls
    came can cap car card care carpenter carpet case cash cat catch cats cause center central century certain chair chance
    change charge charges charity chase cheap cheaper check chief child children choice church circle city class clean
    cleaning clear clerk client close closed closing club code cold cole collect collection color come comes coming common
    commons community comp company compare comps contact contacts contract control cook cool cooper copy corner cost costs
    could count country couple course court cover create credit creek cross crossing crown current customer cut daily dark
    data date dawn day days dead deal deals dear december deck deep delinquent deposit description detail details dial did
    died different digest dinner director discuss dishwasher distance do document does dog dogs doing dollar dollars done
    door double down downtown draft dream drive driver drop due during each eagle early earth east easy eat economic edge
    effect eight either electric electrical elevator eleven else email emails emergency empty end ending energy enough enter
    entire entry estate evening event ever every everybody everyone everything exactly except exit expect expenses expire
    expires expiring extra eye face fact faith fall family fan far farm farmer fast father february fee feel fees fell few
    field fifteen fifty figure file fill final finance financial find fine finish finished fire first fish fisher fit five
    fix flat flats flight floor floors flow flower fly follow food for force ford forest forget form former forty forward
    found four fox free freeman frequency friday friend from front frost full fun furniture future game garage garden gardens
    gas gate gave general get getting gift girl give given giving glass go goes going gold golden gone good got government
    grace grand grant grass gray great green greene ground group grove grow guest guess guide had hair half hall hand happen
    happy hard has hat have he head heading health hear heard heart heat heating heavy height heights held hello help
    her here hey hi high highland hill hills him hire his history hit hold hole holiday home homes honest hope horse hot
    hotel hour hours house how however hundred hunt hunter husband i ice idea if ill important in include income increase
    info inside inspect inspection instead insurance interest into invoice invoices is island issue it its itself january jay
    job join joke joy judge july june just justice keep kept key keys kid kids kind king knew knight know known lady lake
    land landing lane large last late later laundry law lawn lead leak leaking learn lease leased leases leasing least leave
    leaving led ledger left less let letter level library life light like limit line list little live lived lives living loan
    local lock log long look looking lose loss lost lot lots love low lower luck lunch made mail main maintenance
    major make making man manage management manager mar march mark market marsh mason matter may maybe me meadow mean means
    meet meeting men message met middle might mile miles military mill miller mind mine minute miss model moment monday money
    month monthly more morning most mother mount mountain mouth move moved moves moving much music must my name near need
    needed needs negotiate never new news next nice night nine no none noon nor normal north not note notes nothing notice
    notices november now number numbers oak occupancy october of off offer office officer often oh oil ok okay old on once
    one ones only onto open opened or order orders other our out outside over overdue own owner owners owe owed owes page
    paid paint painter paper parent park parker parking part partner party pass past patio pay paying payment payments peace
    pearl pending people per percent period permit person pest pet pets phone pick picture piece pierce place plan plant play
    please plumber plumbing plus point policy pond pool poor pope porter portfolio position possible post power present
    president press pretty price prices pricing print private pro problem proceed process program project promise proof
    property proposal prospect prospects public pull purchase push put quarter question quick quickly quiet quit quite rain
    raise ran rate rates rather reach read ready real really reason receive recent record red reed refund regional reject
    remember remind reminder rent rental rents repair reply report reports request require resident residents rest result
    return revenue review rice rich ride ridge right ring rise river road rock roll room rooms rose round royal
    rule rules run running safe safety said sale sales same sand saturday save saw say says schedule scheduled school sea
    search season seat second security see seen self sell send sent september serve service services set setup seven shall
    share sharp she shepherd ship shop short should show showing shower side sign signed silver simple since single sink sir
    sister site situation six size sky sleep slow small smart smith smoke snow so social sold some somebody someone something
    son soon sorry sort sound south space speak special spend spent spoke spring square staff stage stair stand star start
    state station status stay step still stone stop store story straight street strong student studio studios stuff submit
    such summary summer summit sun sunday support sure surface swift system table take taken takes taking talk talked
    tall task tasks tax taylor team tech tell ten tenant tenants term terms terrace test text than thank thanks that the
    their them then there these they thing things think third this those though thought thousand three through thursday
    ticket tickets till time title to today together told tomorrow tonight too took top total touch tour touring tours toward
    tower town track trade train transfer trash travel tree trouble true try tuesday turn turner turnover twelve twenty two
    type under understand union unit units unless until up update upon upset urgent us use used user using usual vacancy
    vacant valley van vendor vendors very via view village violation visit voice vote wait waiting walk walker wall walls want
    wanted wants war ward was wash washer water watch way ways we weather web wednesday week weekend weekly weeks weight
    welcome well wells went were west what when where whether which while white who whole whose why wide wife wild will
    willing win wind window windows wine winner winter wise wish with within without wolf woman women won wonder wood woods
    word words work worked working works world worse worst worth would write wrong year years yellow yes yesterday yet york
    you young your yourself zero
    noi opex kpi crm hvac sms rr wo occ avg ytd qtd mtd tmrw pls plz thx asap fyi btw rn lol ugh hey yo gonna wanna gotta
    dont doesnt isnt cant wont hasnt havent didnt whats whos wheres hows im ive ill youre theyre thats lets theres
    asking available balcony bedroom bathroom biggest bigger cheapest closets cooled cooling dryer drain drains fridge
    gym lockout maintain microwave mold oven overflowing plumber refrigerator renewal renewals roach roaches stove
    thermostat toilet tub vacate vacating variance budget actual actuals delinquency collections installment installments
    mention mentioned mentions transcript transcripts recording recordings pipeline negotiation closed prospecting qualified
    electrician electricians painters landscaper landscapers exterminator exterminators handyman contractor contractors
    studio efficiency month's today's sublet pricey rented renting lived stays occupied usage spending tokens sophia
    hear hears text texts texting called emailed cell number's bot everyone's
    """.split()
)


def is_ordinary(word: str) -> bool:
    """True for a folded word that English uses for other things than names."""
    return word in _WORDS or (word.endswith("s") and word[:-1] in _WORDS) or word.isdigit()
