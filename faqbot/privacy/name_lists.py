"""Names of people in the United States, in small letters and without accents, for `names`."""

from __future__ import annotations

# Given names that mean nothing else.
GIVEN = frozenset(
    """
    aaliyah aaron abby abdoulaye abdul abdullah abe abena abigail abraham adaeze adam adela
    adele adriana adriane adrienne agatha agnes agnieszka ahmad ahmed aidan aiden aimee aisha
    akiko alan alana albert alberto alejandra alejandro alex alexander alexandra alexandria
    alexei alexis alfonso alfred alfredo alice alicia alisa alisha alison alistair allan allen
    allie allison alphonse altagracia althea alvin alyson alyssa amadou amalia amanda amara
    ambrose amelia amelie amie aminata amit amy anastasia anastasios anatoly andre andrea andrei
    andres andrew andrzej angela angelica angelina angeline angelo angie angus anil anita anjali
    ann anna annabelle annalise anne anneliese annette annie annmarie ansel anselmo anthony
    antoinette anton antonella antonia antonio araceli archie aretha aria arjun arkadiusz arlene
    armando arnold aron arthur artie arturo ashlee ashley ashok astrid aubrey audrey augusta
    augusto ava ayesha babatunde babs barbara barbra barnaby barney bartholemew bartholomew
    beatrice beatriz becky behzad belinda ben benita benito benjamin benny berenice bernadette
    bernard bernice bernie bert bertha bertie bessie bethany betsy bette betty bettyann bettye
    beverly bianca bilal billie billy bjorn blanche bob bobby bonnie boris bozena brad bradley
    brandi brandon branko bree brenda brendan brent brett brian brianna bridget brigitte
    brittany bronislava brooke bruce bryan bryce buford burt byron caitlin caleb cameron camila
    camille candace candice carl carla carlos carly carmela carmen carmine carole caroline
    carolyn carrie cary cassandra catalina catherine cathleen cathryn cathy cecil cecilia cedric
    celina celine chadwick chaim chandra chantal charlene charles charley charlie chastity
    chelsea cheri cherie cheryl chester chidi chinedu chioma chloe chris christa christal
    christie christina christine christopher christy cindy citlali claire clarence clarice
    clarissa claude claudia clementine clifford clinton clive clyde cody colette colin colleen
    concepcion concetta connie connor conrad constance cora cordelia corey corinne cornelius
    corrine courtney craig cristina cristy curtis cynthia cyrus damian damien damon daniel
    danielle danny danuta daphne daren darius dariush darla darlene darnell darrell darren
    darryl daryl dave davey david deanna debbie debora deborah debra declan deena deepak deirdre
    delbert delia delilah delores deloris delphine demetrius denise dennis denny derek dermot
    derrick deshawn desiree desmond despina destinee devin diana diane dianna dianne diego
    dieter dimitrios dina dinah divya dmitri dmitry dominic dominick donald donna donnell donnie
    donny doreen doris dorji dorothea dorothy dorthy doug douglas dragan duncan dustin dwayne
    dwight dylan earlene eddie eddy edgar edie edith edmund edna eduardo edward edwin edwina
    effie efrain ehab eileen ekaterina elaine elbert eldon eleanor elena eleni eliana elias
    elijah elisabeth elise elissa elizabeth ellen ellie elliot elliott ellyn elmer eloise elsa
    elsie elva elvia elvira elwood emeka emil emilia emilio emily emma emmanuel emmett emmy
    emory enid enrique enzo ephraim eric erica erich erick erik erika erin erma ernest ernestine
    ernesto ernie errol ervin erwin esmeralda esmond essie esteban estela estelle ester esther
    ethan ethel etienne etta eugene eugenia eula eun eunice eva evan evangeline evaristo evelyn
    ewa ezekiel ezra fabian faisal fannie farhad farida farrah farrell fatima fatoumata faustino
    faye felicia felipe felix felton ferdinand fernanda fernando fidelia fiona flossie floy
    floyd folake fotini fran frances francesca francine francisca francisco francois frankie
    fred freda freddie frederick fredric freida frieda fulgencio gabe gabriel gabriela gabriella
    gabrielle gail galina ganesh garrett garry gary gaston gavin gayle geeta genaro genevieve
    gennaro geoff geoffrey george georgette georgianna georgie georgina georgios gerald
    geraldine gerard gerardo gerry gertrude gianna giannis gigi gilbert gilberto gina ginny gino
    giovanni giulia giuseppe gladys glenda glenn godfrey gonzalo goran gordon graciela grady
    graeme graham grazyna greg gregg gregory greta gretchen griselda guadalupe guillermo gunther
    gussie gustavo gwen gwendolyn hailey haley halina halle hamza hana hanan hannah hans hany
    harland harold harriet harriett harriette harry haruto harvey hassan hattie hector heidi
    heinz helaine helen helena helene helga helmut henri henrietta henry herbert heriberto
    herman herschel hershel hester hilary hilda hildegard hillary hiram hiroshi hollie horace
    horacio horatio hortensia howard hubert huda huey hugh humberto humphrey hussein hyun ian
    ibrahim ibrahima ifeoma ignacio ignatius igor ileana ilene ilona ilse imani imelda imogene
    ines inez inge ingrid irena irene irina irma irvin irvine irving irwin isaac isabel isabella
    isabelle isadora isaiah isidro ismael ismail isobel itzel ivan ivana ivette iwona jacek
    jacinta jacinto jackie jacklyn jaclyn jacob jacqueline jacquelyn jacques jadwiga jaime jake
    jamal james jamie jana jane janelle janet janette janice janie janine janna jared jarod
    jarrett jasmin jason javier jayden jayne jeanette jeanie jeanne jeannette jeannie jed jeff
    jeffery jeffrey jelena jenna jennie jennifer jenny jeremiah jeremy jeri jermaine jerome
    jerri jerrod jerry jerzy jesse jessica jessie jill jim jimena jimmie jimmy jiri joan joanie
    joann joanna joanne joaquin jocelyn jodi jody joe joel joelle joellen joey johanna john
    johnathan johnathon johnnie johnny joleen jolene jon jonas jonathan joni jorge jose josefa
    josefina joseph josephine josh joshua josiah josie joslyn josue joyce juan juana juanita
    juanito judah judd judi judith judy jules julia julian juliana julianne julie juliet julieta
    juliette julio julius jurgen justin justina justine kaitlin kaitlyn kara kareem karen kari
    karim karin karina karl karla karyn kasey kate katelyn katherine kathie kathleen kathrine
    kathryn kathy katie katina katrina kavita kaye kayla kaylee kayleigh kazimierz keely keiko
    keira keisha keith kelli kellie kelly kelsey kendra kendrick kenji kenna kenneth kennith
    kenny kenton keri kerri kerry kevin khadija khalid kieran kiki kim kimberley kimberly kimmie
    kinsley kira kirk kirsten klaus kofi konstantinos krishna krista kristen kristi kristin
    kristina kristine kristy krystal krystyna krzysztof kurtis kwame kyle kylie ladonna lakisha
    lakshmi lamar lamont landon lanny larisa laronda larry lars lata latanya latonya latoya
    latrice laura lauren laurence laurie lavern laverne lavonne lawanda lawrence layla leah
    leann leanne leila lemuel lena lenny lenora lenore leola leon leona leonard leonardo leonid
    leopold leroy leslee lesley lester leticia letty levi lexi liam liana liane libby lidia lila
    lilian liliana lilla lillian lillie lina linda lindsay lindsey linh linnea linwood lionel
    lisa lisette liz liza lizbeth lizzie ljiljana lloyd lois lonnie lonny loralee lorena lorenzo
    loretta lori loriann lorna lorne lorraine lorrie louella louis louise lowell luann luanne
    lucas lucia lucian luciana lucien lucila lucile lucilla lucille lucinda lucius lucretia lucy
    ludmila ludwig luella luigi luis luisa lukas luke lula lupe lupita luther lyda lydia lyle
    lyman lynette lynne lynnette lyudmila mabel mable mackenzie madeleine madeline madelyn magda
    magdalena maggie mahesh mahmoud maida makayla malcolm malgorzata malik malinda mallory
    mamadou mandi mandy manfred manny manoj manuel manuela mara marc marcel marcela marcelino
    marcella marcellus marcelo marci marcia marcie marco marcus marcy marek margaret margaretta
    margarito margery margie margo margot margret marguerite maria mariah mariama marian mariana
    marianne mariano maribel maricela marie mariel marija marilee marilu marilyn marilynn mario
    marisa marisela marisol marissa marita maritza marjorie marjory marla marlee marleen marlene
    marlon marlys marni marquita marsha marta martha martin marty marv marva marvin mary
    maryalice maryam maryann maryanne marybeth maryjane maryjo marylou mateo mathew matilda
    matilde matthew mattie maud maude maura maureen maurice mauricio maurine mavis maxie
    maximilian maxine maya maynard mayra mckenzie meaghan meena meg megan meghan melanie melinda
    melissa mellisa melva melvin melvina menachem mercedez meredith merle merrill meryl micaela
    micah michael micheal michel michele michelle mick migdalia miguel mikayla mike mikhail
    mildred millicent millie milton mindy minh minnie mireya miriam mirna miroslav mirta mitch
    mohamad mohamed mohammad mohammed moira moises mollie molly monica monique monroe monty
    mordecai mordechai morris moshe muhammad muriel mustafa myles myra myrna myron myrtis myrtle
    nabil nadezhda nadia nadine nadira nagwa nanci nancy nanette nannette naomi napoleon natalee
    natalia natalie natasha nate nathan nathanial nathaniel nayeli neal neha neil nelida nellie
    nereida nestor nettie ngozi nguyet niall nichol nicholas nichole nicki nickolas nicky nicola
    nicolas nicole nicolette nigel nikki nikolai nikolaos nikole nilda nina nisha nkechi noah
    noemi nola nolan noor nora norbert noreen norene norma norman norris nour nydia nyla obinna
    octavia octavio odell odessa odette odis ofelia oksana oleg olen oleta olga olinda oliver
    olivia ollie oluwaseun omar omer oneida oprah orfelina orson orval orville osborne oscar
    osman osvaldo otilia otis otto ouida ousmane owen ozzie pablo paloma pam pamela panagiotis
    paola parisa pasquale patrica patrice patricia patrick patsy patti pattie patty paul paula
    paulette paulina pauline paulita pavel pawel pearline pedro peggy penelope percival percy
    pete peter petr petra peyton phil philip phillip philomena phineas phoebe phuong phyllis
    pierre piotr polly pooja porfirio portia prakash priscila priscilla priya quentin quincy
    quinton rachael rachel rachelle radha rafael rafaela rahul raisa raj rajesh ralph ramesh
    ramiro ramon ramona randal randall randi randolph randy rania raphael raquel rashad rashid
    raul ravi raymond raymundo rebeca rebecca rebekah reggie reginald reinaldo rekha rena rene
    renee retha reuben reva reynaldo rhett rhoda rhonda ricarda ricardo richard rick ricky rikki
    rita robert roberta roberto robyn rochelle roderic roderick rodger rodney rodrick rodrigo
    rogelio roger rohit roland rolando rolf ron rona ronald ronan ronda roni ronnie ronny
    roosevelt rory rosa rosalba rosalia rosalie rosalina rosalind rosalyn rosanne rosaria roscoe
    roseann roseanna roseanne roselyn rosendo rosetta rosie rosina roslyn rowena roxana roxann
    roxanne roxie roy roya royce ruben rubye rudolf rudolfo rudolph rudy rueben rufina rufus
    rupert ruperto russ russel russell ruth rutherford ruthie ryan ryszard sabina sabrina sadie
    sakura sallie sally salma salvatore sam samantha samir samira sammie sammy samuel sandalio
    sandra sanford sangay sanjay sanjuana sara sarah sasha saul saundra savanna scot scott
    scotty seamus sean sebastian selena selma serafina serena sergei sergey sergio serina seth
    seymour shana shane shaniqua shanna shannon shanon shari sharla sharlene sharon sharron
    shaun shauna shavonne shawn shawna sheena sheila sheilah shelba shelby sheldon shelley
    shelly sheree sherie sherif sherri sherrie sherrill sherron sherry sherryl sherwin sheryl
    shirin shirlee shirley shlomo shona shreya sidney sigmund sigrid silas silvia simeon simon
    simone sita skylar slawomir slobodan sofia solomon sondra sonia sonja sonya sophia soraya
    spyros srinivas stacey staci stacia stacie stacy stanislaw starla stavros stefan stefania
    stefanie stephan stephania stephanie stephany stephen steve steven stuart sunil sunita
    suresh susan susana susanna susannah susie suzan suzann suzanne suzette sven svetlana swati
    sybil sylvester sylvia tabatha tabitha tadeusz takashi tamara tamer tamera tamika tammy
    tamra tania tanisha tanya tara tariq tarsha tasha tatiana tatyana tawana tawnya teddy teena
    temitope tenzin teofilo terence teresa terese teresita teri terrance terrell terrence terri
    terrie tessa tessie thad thaddeus thea theda thelma theodora theodore theresa theresia
    thomas thomasina thurman thuy tiffani tiffany tillie tim timoteo timothy tina tisha tobias
    tobin toby todd tom tomas tomasa tomasz tommie tommy tonda toney toni tonia tonja tony tonya
    torrie tosha towanda tracee tracey traci tracy trang travis trena trent trevor tricia trina
    trisha trista tristan troy trudy tuan tunde twila twyla tyree tyrell tyron tyrone tyson
    uchenna ulises ulrich ulysses uriah ursula urszula usha vaclav valarie valentin valentina
    valeria valerie valerio valorie vanessa vasiliki vaughn velda velma venancio venkat vera
    verda verdell verlene verlie vern verna vernell vernetta vernon veronica veronika vertie
    vesna vicente vicki vickie vicky victor vijay vikram vilma vince vincent vincenza vincenzo
    vinnie vinny virgie virgil virgilio vito vivan vivian viviana vivienne vladimir wafaa waldo
    wallace wally walt walter wanda warren waylon wayne weldon wendell wendi wendie wendy werner
    wesley wilbert wilbur wilda wilfred wilfredo wilhelm wilhelmina wilhemina willard willene
    william willian willie williemae wilma wilmer winfield winford winifred winnie winnifred
    winston wojciech wolfgang woodrow wyatt xavier ximena xiomara xochitl yadiel yadira yael
    yajaira yale yamilet yannis yaretzi yasmin yasmine yelena yesenia yesica yitzhak yohana yoko
    yolanda yolonda yosef youssef yulanda yuri yusuf yves yvette yvonne zach zachariah zachary
    zachery zahra zainab zane zara zbigniew zdenek zeke zelda zena zenaida zenon zhang zina
    zinaida zita zoe zoey zofia zoila zoraida zoran zula zulema
    """.split()
)

# Given names that are words, months, places or brands as well.
GIVEN_TOO = frozenset(
    """
    ada addison ade al alberta alexa ali alma ama amber amina amparo ana angel ante april arden
    ari art asha athena august aurora austin autumn avi bailey barb barry basil bea bella
    benedict bentley beth bethel bettie bill birdie blaine blanca blessing bo boston bradford
    brady brandy brock brooklyn bud buddy burton byrd cam candida candy carey carlota carlton
    carol carolina carson casey celeste celia cesar chad chance charity charlotte chase
    christian chuck clara clay cleo cliff clint cole comfort constant consuelo cory crystal curt
    daisy dale dallas dalton dan dana darin darwin davis dawn dean dee della deon destiny devon
    dexter dirk dixie dolores domingo don donovan dorian dot drew duke dulce dung earl earle
    ebony ed eli elisa eliza ella elton esperanza eve everett everly faith fay fern fidel flo
    flora florence forest forrest frank franklin freeman garland garth gay gene genesis geneva
    georgia giles ginger glen gloria goldie grace grant griffin grover gus guy hal hank harlan
    harley harmony harper harris harrison hayden hazel heath heather herb hoa hollis holly homer
    honey hong hope houston hoyt hudson hugo hui hyacinth ida ike ira iris isis israel ivo ivy
    jack jackson jan jarvis jasmine jasper jay jean jeane jefferson jess jesus jewel ji jin jing
    jo jolie jonah jordan joy jun june junior kai katy kay kelvin ken kendall kennedy kent kenya
    kip kitty kurt lan lana lance lane laurel lea lee lei lela lelia leo leonor leslie lia lilia
    lily lincoln ling logan lola lou lourdes luc luna luz lynn mack madison mae margarita marina
    marion mark marlin marquis marshall mason matt max maxwell may mei mel melba melody mercedes
    mercy mia mickey mila milagro milagros milan miles millard milos min mina minerva ming mira
    misty mitchell mona monte montgomery morgan murray nan nat ned nell nelly nelson neva nevaeh
    nick nikita nita noble noel noelle nona norm norton nova ola olin oliva olive olu ona opal
    ora oren orlando paige palmer paris parker pascal pat patience pearl peg pema penny perry
    petunia pierce pilar ping piper porter precious preston primitivo princess prudence qing
    quinn rae raleigh ray reed refugio regina reina reta rex rey reyes reyna rhea rich riley rob
    robin rocco rocio roman romeo rosario rose rosemary ross royal rubin ruby rusty sal salvador
    sana sandy santana santiago santo santos savannah shelton sherman sid sierra skip socorro
    sol soledad sonny soo spencer stan stanley stella sterling stewart sue summer sumner sung
    sunshine sydney tad talia tami tao tatum taylor ted tena tennie terra terry theo theron thor
    tiana tiara titus tona tory tressie trey trinidad trinity truman ty tyler una valentine van
    vance veda vesta victoria vina viola violet violeta virginia vita viva wade walton ward
    washington wei weston wiley will willa willis willow wilson wilton winona wm xiao xin yan
    yong young yu yuki zack
    """.split()
)

# Family names that are common as words go; rare ones are told by being rare.
FAMILY = frozenset(
    """
    abbott abrams acosta adams aguilar ahmed ahn alexander ali allen allison alvarez andersen
    anderson andrews anthony archer arias armstrong arnold arroyo ashley atkins atkinson austin
    avery bailey baker baldwin ball ballard banks barber barker barnes barnett barr barrett
    barron barry bartlett barton bass bates bauer bautista baxter bean beard beasley beck becker
    bell bender benjamin bennett benson bentley benton berg berger bernard bernstein berry best
    bishop black blackburn blackwell blair blake blanchard bond booker boone booth bowen bowers
    bowman boyd boyer boyle bradford bradley bradshaw brady branch brandt bravo brennan brewer
    bridges briggs brock brooks brown browning bruce bryan bryant buchanan buck buckley bullock
    burch burgess burke burnett burns burton bush butler byrd cabrera cain caldwell calhoun
    callahan cameron campbell campos cannon carey carlson carpenter carr carroll carson carter
    case casey castillo castro chambers chan chandler chang chapman charles chase chavez chen
    cherry cho choi christensen christian chung church clark clarke clay clayton clements cobb
    cochran cohen cole coleman collier collins colon combs compton conley conner conrad conway
    cook cooper copeland corona cortez costa costello cox craig crane crawford crosby cross cruz
    cummings cunningham curry curtis d'agostino d'amico d'angelo dalton daniel daniels davenport
    david davidson davis dawson day dean decker del delgado dennis diaz dickson dillon dixon doe
    donaldson donovan dorsey douglas doyle drake dubois dudley duffy duke duncan dunn duran
    durham dyer eaton edwards elliott ellis ellison english epstein erickson escobar evans
    everett farley farmer farrell faulkner feldman felix ferguson fernandez ferrari fields
    finley fischer fisher fitzgerald fitzpatrick fleming fletcher flores flowers floyd flynn
    foley ford foster fowler fox francis franco frank franklin frazier frederick freeman french
    friedman frost fry frye fuller gaines gallagher gallo garcia gardner garner garrett garrison
    garza gates gentry george gibbs gibson gilbert giles gill gillespie gilmore glass glenn
    glover goldberg golden goldstein gomez gonzales gonzalez good goodman goodwin gordon gould
    graham grant graves gray greco green greenberg greene greer gregory griffin griffith grimes
    gross guerra guerrero gupta gutierrez guzman hahn hail hale haley hall hamilton hammond
    hampton han hancock hanna hansen hanson hardin harding hardy harmon harper harrington harris
    harrison hart hartman harvey hawkins hayden hayes haynes heath henderson hendricks hendrix
    henry henson herman hernandez herrera herring hess hester hicks higgins hill hines ho hobbs
    hodge hodges hoffman hogan holland holloway holmes holt hood hoover hopkins horn horne
    horowitz horton house houston howard howe howell huang hubbard huber hudson huff hughes hull
    humphrey hunt hunter hurley hurst hussain hutchinson hwang ingram ito jackson jacobs
    jacobson james jang jarvis jefferson jenkins jennings jensen jimenez johns johnson johnston
    jones jordan joseph juarez jung kane kang kaplan kato katz keith keller kelley kelly kemp
    kennedy kent kerr khan kim king kirby kirk klein kline knapp knight knox kobayashi koch
    kramer kumar lam lamb lambert landry lane lang lara larsen larson laurent lawrence lawson le
    leach leblanc lee leon leonard lester levin levine levy lewis li lieberman lim lin lindsey
    little liu livingston lloyd logan lombardi long lopez love lowe lu lucas luna lynch lynn
    lyons macarthur macdonald mack mackenzie madden maddox mahoney malik malone mann manning
    marin marino marks marquez marsh marshall martin martinez mason massey mata mathews matthews
    maxwell mayer maynard mayo mays mcbride mccabe mccall mccann mccarthy mcclure mcconnell
    mccormick mccoy mccullough mcdaniel mcdonald mcdowell mcgee mcgrath mcguire mcintosh
    mcintyre mckay mckee mckenna mckenzie mckinney mclaughlin mclean mcmahon mcmillan mcpherson
    meadows medina mehta melton mendez mendoza merritt meyer meyers michael middleton miles
    miller mills miranda mitchell molina monroe montgomery moody moon moore mora morales moran
    moreno morgan morris morrison morrow morse morton moses mosley moss mueller mullen muller
    mullins murphy murray myers nair nakamura nash navarro neal nelson newman newton nguyen
    nichols nicholson nielsen nixon noble nolan norman norris norton novak o'brien o'connell
    o'connor o'donnell o'dwyer o'grady o'hara o'keefe o'leary o'malley o'neill o'reilly o'rourke
    o'shea o'sullivan o'toole odell oliver olsen olson orr ortega ortiz osborne owen owens pace
    padilla page palmer park parker parks parrish parsons patel patrick patterson patton paul
    payne pearson peck pena pennington peralta pereira perez perkins perry person peters
    petersen peterson phelps phillips pierce pollard poole pope porter potter potts powell
    powers pratt preston price prince proctor pugh quinn rahman ramirez ramos ramsey randall
    randolph rao rasmussen ray raymond reddy reed reese reeves reid reilly reyes reynolds rhodes
    rice rich richard richards richardson richmond riley rios rivera rivers roach robbins
    roberts robertson robinson rodgers rodriguez rogers rollins roman romano romero rosario rose
    rosen rosenberg rosenthal ross rossi roth rowe rowland roy rubin rubio ruiz rush russell
    russo ryan salazar salinas sampson sanchez sanders sandoval sanford santana santiago santos
    sato saunders savage sawyer schaefer schmidt schneider schroeder schultz schulz schwartz
    scott sellers sexton shah shannon shapiro sharma sharp shaw shelton shepard shepherd
    sheppard sherman shields shin short siegel sierra silva silverman simmons simon simpson sims
    singh singleton skinner sloan small smith snow snyder solomon sosa soto sparks spears spence
    spencer stafford stanley stanton stark steele stein stephens stephenson stevens stevenson
    stewart stokes stone stout strickland strong stuart suarez sullivan summers sutton suzuki
    swanson sweeney tanaka tang tanner tate taylor terrell terry thomas thompson thornton todd
    tomlinson torres townsend tran travis tucker turner tyler underwood valdez valencia
    valentine valle vance vanderbilt vargas vasquez vaughan vaughn vega ventura villa vincent vo
    vu wade wagner walker wall wallace waller walls walsh walter walters walton wang ward ware
    warner warren washington waters watkins watson watts weaver webb weber webster weeks
    weinstein weiss welch wells west wheeler whitaker white whitehead whitney wiggins wilcox
    wiley wilkins wilkinson williams williamson willis wilson winters wise wolf wolfe wong wood
    woods woodward wright wu wyatt yang yates yoon york young yu zhang zimmerman
    """.split()
)
