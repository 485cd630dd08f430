"""The studio: a page on this machine where people paint.

    address.py   where the page is, and who may reach it
    launch.py    starting it
    app.py       the page as Gradio serves it
    guard.py     who may ask it, and for what
    logins.py    a delay after wrong passwords
    received.py  the folder of uploads, the only files that a page can name by a path
    page.py      the layout
    events.py    who listens to the page: on_pictures.py, on_form.py, on_paint.py, on_history.py
    listeners.py what these have in common
    answers.py   what a page is told: everything that has changed
    widgets.py   a control of the page for every setting
    words.py     what an artist is told of those that are always in sight
    dials.py     how these look; dials.js moves them
    scripts.py   the scripts of the page; pick.js is that of pictures to choose from
    brushes.py   the pictures that regions are painted on; brush.js is their behavior, stage.js that
                 of the stage, drops.js that of files on the page
    stage.py     what is on the stage
    details.py   what is told of a finished picture
    views.py     what is told while it is painted: status, numbers, loss curve, queue, sentences
    choices.py   pictures to choose from: what is here, styles, variants
    studio.py    what a page can ask for
    history.py   what it does with finished pictures
    studios.py   one for each user, and one worker for all
    form.py      which settings the page has, and what it sends back, as `Settings`
    tabs.py      what is known of each open page
    worker.py    one thread that paints, whether or not anybody is watching
    tasks.py     what is to be painted, and the fair queue
    strokes.py   what the brush painted: a color for every place
    blind.py     two finished pictures without their settings, and what is answered
    gallery.py   every sample style on the photograph, small
    regions.py   from strokes to masks, and the files of masks
    variants.py  new tasks from a finished picture
    fitting.py   the largest size that fits into memory
    sketches.py  what the form describes, small and at once
    preview.py   the picture so far, small enough to be sent twice a second
    store.py     the folder of finished pictures, which survives a restart
    entry.py     what is known of one of them
    sound_page.py    the page of sounds; listen.js lets one hear both at the same moment
    sound_views.py   its parts that are drawn here
    sound_studio.py  what it can ask for
    sound_tasks.py   a sound that is to be made; it waits among the pictures
    sound_store.py   the folder of recordings, and of what was made of them
    inputs.py    what people upload: decoded, limited and written anew before anything else
    film_page.py     the page of films; range.js is a filmstrip on which a part is chosen
    film_views.py    its parts that are drawn here
    film_studio.py   what it can ask for
    film_tasks.py    a film that is to be painted; it waits among the pictures
    film_store.py    the folders of clips, and of the films that were painted
    side_page.py     what the pages of sounds and films have in common
    files.py     names that are safe, and JSON that is complete

The page is a front end only: it consumes the steps that the command line consumes. Only `app`,
`page`, `sound_page`, `film_page`, `side_page`, `widgets`, `answers` and who listens know Gradio, an
optional dependency, and only `app`, `guard` and `logins` what it is served with.
"""
