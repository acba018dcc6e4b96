throw new Error("the add-on was built for another Node.js");
