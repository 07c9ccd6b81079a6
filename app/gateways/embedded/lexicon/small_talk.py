"""How people talk around a request: greetings, thanks, lead-ins, and requests too vague to act on."""

LEAD_INS: tuple[str, ...] = (
    "hey", "hi sophia,", "ugh", "ok so", "quick question,", "quick one -", "can you", "could you please", "pls",
    "please", "i need you to", "so the owner is asking,", "boss wants to know", "hey can u", "real quick,",
    "when you get a sec,", "sorry to bother you but", "morning!", "ok", "resident on the phone,", "yo",
    "i'm in a meeting,", "one more thing,", "need this asap:", "would you mind", "alright", "hmm", "guy just walked in,",
    "the regional is here and", "i've been asked:", "btw", "omg", "fyi", "lol ok", "good morning, can you",
    "i'm trying to find out", "do you know", "any chance you can", "let's", "go ahead and", "",
)  # fmt: skip

TAILS: tuple[str, ...] = (
    "please", "thanks", "pls", "asap", "thx", "if you can", "real quick", "when you get a chance", "for me",
    "thank you", "by the way", "it's for the owner", "they're waiting", "ok?", "",
)  # fmt: skip

CHITCHAT: tuple[str, ...] = (
    "hi", "hello", "hey", "hey there!", "hello sophia", "hiya", "howdy", "good morning", "good morning team", "morning",
    "good afternoon everyone", "good evening", "thanks", "thank you", "thanks a lot", "thanks, you're the best", "thx",
    "ty", "much appreciated", "appreciate it", "that's great, thanks", "perfect thank you", "awesome", "great job",
    "nice work", "well done", "you're amazing", "you are so helpful", "love it", "lol", "lol that's hilarious", "haha",
    "that's funny", "lmao", "how are you", "how are you doing today", "how's your day", "how's it going", "what's up",
    "sup", "how have you been", "nice to meet you", "good to see you", "bye", "goodbye", "see you later", "good night",
    "talk to you tomorrow", "have a good one", "have a nice weekend", "happy monday", "happy birthday", "merry christmas",
    "happy new year", "ok", "okay", "ok thanks", "cool", "got it", "sounds good", "sure", "alright", "no problem",
    "you're welcome", "no worries", "sorry", "my bad", "oops", "wow", "yay", "congrats", "congratulations team",
    "i'm tired", "it's been a long day", "i'm so bored", "rough day today", "today was crazy", "i love mondays",
    "who are you", "what are you", "are you a robot", "are you human", "what can you do", "what do you do",
    "what can i ask you", "how do you work", "who made you", "what's your name", "are you there", "you there?",
    "never mind", "nevermind", "forget it", "nothing, thanks", "that's all", "that's it for now", "all good",
    "hope you're well", "hope you have a great day", "welcome back", "i'm back", "just saying hi", "just testing",
    "test", "testing 1 2 3", "good job today", "you're funny", "i like you", "you're smart", "nice", "great", "excellent",
    "interesting", "i see", "makes sense", "good to know", "hooray", "cheers", "brb", "gm", "gn", "yes", "no", "nope",
    "yep", "k", "kk", "hmm", "good bot", "bad bot", "that's wrong", "i'm good how are you", "what's new",
    "enjoy your lunch", "thanks for the help earlier", "can't complain", "long time no see", "great work everyone",
    "happy friday", "tgif", "what a day", "good luck", "feel better", "i'm so happy", "ugh mondays", "help",
    "are you ok", "do you sleep", "do you like your job", "i'm having a bad day", "this is awesome", "that was quick",
    "you saved me", "you're a lifesaver", "wow that was fast", "good stuff", "hey sophia how's your morning",
    "how was your weekend", "it's freezing out today", "have a great weekend everyone", "thanks for everything",
)  # fmt: skip

VAGUE: tuple[str, ...] = (
    "can you help me with something", "do the usual", "send it to him", "i need a report", "update the rent",
    "fix the thing with unit", "check on that for me", "is it good or bad?", "can you do that", "do it", "run it again",
    "show me the report", "send it", "send the thing", "i need help", "help me out", "can you check something",
    "look into this", "look into it", "what about that", "what happened", "what's the number", "how much is it",
    "when is it", "who is it", "where is it", "is it done", "is that right", "is that good", "make the change",
    "change it", "change that", "update that", "fix it", "fix this", "handle it", "take care of it", "take care of that",
    "the same as last time", "like we discussed", "you know what to do", "do what you did yesterday", "pull it up",
    "pull that report", "give me the info", "give me the details", "get me the numbers", "what's the status",
    "any news", "any updates", "what do you think", "which one is better", "how does it look", "tell me more",
    "more details", "i have a problem", "there's an issue", "something is wrong", "there's a problem with a unit",
    "i need something from you", "can i ask you something", "question for you", "i need to schedule something",
    "put it on the calendar", "let him know", "let them know", "tell her", "call them", "ask him about it",
    "message them", "reach out to them", "notify everyone", "give them a notice", "send the notice", "book it",
    "book that", "set it up", "set that up", "add it", "add that", "log it", "log that", "save this", "close it",
    "close it out", "cancel it", "mark it", "mark that as done", "assign it", "assign it to someone", "move it",
    "move the deal", "compare the two", "compare them for me", "the unit", "that property", "that resident",
    "find that guy", "find the one from yesterday", "the other one", "not that one", "this is wrong", "try again",
    "open it", "create one", "make one for me", "i want to see it", "let me see", "show me everything", "show me stuff",
    "what's going on", "what's wrong", "do something about it", "the thing we talked about", "same as before",
    "look at this", "can you take a look", "i need the file", "i need that list", "get the list", "run the report",
    "pull the numbers", "give me a summary", "summarize it", "what should i do", "what's next", "can we fix that",
    "adjust the price", "change the rent", "send a text", "send an email", "send a notice", "create a ticket",
    "make a payment plan", "book a tour", "schedule an inspection", "log a note", "add a contact", "set a reminder",
    "create a task", "update the work order", "update the deal", "show me the lease", "show me the ledger",
    "show me the rent roll", "pull the comps", "is that normal", "why", "how come", "when", "who", "what",
    "the usual please", "go ahead", "start", "begin", "what about the other property", "remind me",
)  # fmt: skip
