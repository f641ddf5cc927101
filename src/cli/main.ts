console.log('ikr');
